import { Injectable } from '@nestjs/common';
import type { ApiKey, Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';

/** An API key as far as anybody may see it: only the look-up of credentials needs the hash. */
export type ShownApiKey = Omit<ApiKey, 'secretHash'>;
const omit = { secretHash: true } as const;

@Injectable()
export class ApiKeysRepository {
  constructor(private readonly prisma: PrismaService) {}

  async list(accountId: string, limit: number, after: PageEnd | null): Promise<ShownApiKey[]> {
    const where = { accountId, ...olderThan(after) };
    return this.prisma.apiKey.findMany({ where, orderBy: newestFirstOrder, take: limit, omit });
  }

  async find(accountId: string, id: string): Promise<ShownApiKey | null> {
    return this.prisma.apiKey.findUnique({ where: { accountId_id: { accountId, id } }, omit });
  }

  async create(tx: Prisma.TransactionClient, data: Prisma.ApiKeyUncheckedCreateInput): Promise<ShownApiKey> {
    return tx.apiKey.create({ data, omit });
  }

  /** As `find`, with the row locked until the transaction ends. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<ShownApiKey | null> {
    await tx.$queryRaw`SELECT id FROM api_keys WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return tx.apiKey.findUnique({ where: { accountId_id: { accountId, id } }, omit });
  }

  async update(
    tx: Prisma.TransactionClient,
    { accountId, id }: ShownApiKey,
    data: Pick<Prisma.ApiKeyUncheckedUpdateInput, 'name' | 'revokedAt'>,
  ): Promise<ShownApiKey> {
    return tx.apiKey.update({ where: { accountId_id: { accountId, id } }, data, omit });
  }
}
