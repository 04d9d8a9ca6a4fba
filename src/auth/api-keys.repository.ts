import { Injectable } from '@nestjs/common';
import type { ApiKey, Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';
import { NarrowedNamesRepository, type NarrowedTo } from './narrowed-names.repository.js';

/** An API key as far as anybody may see it: only the look-up of credentials needs the hash. */
export type ShownApiKey = Omit<ApiKey, 'secretHash'> & {
  readonly products: readonly NarrowedTo[];
  readonly environments: readonly NarrowedTo[];
};
const omit = { secretHash: true } as const;

/** The filters of the list of keys; null where one is absent. */
export interface ApiKeyFilter {
  /** Whether they can be used at `now`. */
  readonly active: boolean | null;
  readonly now: Date;
  readonly scopes: readonly string[] | null;
}

/** What can be changed of a key. */
export type ApiKeyChanges = Pick<
  Prisma.ApiKeyUncheckedUpdateInput,
  'name' | 'scopes' | 'productIds' | 'environmentIds' | 'expiresAt' | 'revokedAt'
>;

@Injectable()
export class ApiKeysRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly names: NarrowedNamesRepository,
  ) {}

  async list(accountId: string, filter: ApiKeyFilter, limit: number, after: PageEnd | null): Promise<ShownApiKey[]> {
    const where = { AND: [{ accountId }, olderThan(after), activeAt(filter), scoped(filter)] };
    const keys = await this.prisma.apiKey.findMany({ where, orderBy: newestFirstOrder, take: limit, omit });
    return this.names.complete(this.prisma, accountId, keys);
  }

  async find(accountId: string, id: string, tx: Prisma.TransactionClient = this.prisma): Promise<ShownApiKey | null> {
    const key = await tx.apiKey.findUnique({ where: { accountId_id: { accountId, id } }, omit });
    return key && this.named(tx, key);
  }

  async create(tx: Prisma.TransactionClient, data: Prisma.ApiKeyUncheckedCreateInput): Promise<ShownApiKey> {
    return this.named(tx, await tx.apiKey.create({ data, omit }));
  }

  /** As `find`, with the row locked until the transaction ends. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<ShownApiKey | null> {
    await tx.$queryRaw`SELECT id FROM api_keys WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return this.find(accountId, id, tx);
  }

  async update(
    tx: Prisma.TransactionClient,
    { accountId, id }: ShownApiKey,
    data: ApiKeyChanges,
  ): Promise<ShownApiKey> {
    return this.named(tx, await tx.apiKey.update({ where: { accountId_id: { accountId, id } }, data, omit }));
  }

  /** The id of the key that took the place of this one; null where none did. */
  async successorOf(tx: Prisma.TransactionClient, { accountId, id }: ShownApiKey): Promise<string | null> {
    const where = { accountId_rotatedFrom: { accountId, rotatedFrom: id } };
    return (await tx.apiKey.findUnique({ where, select: { id: true } }))?.id ?? null;
  }

  private async named(tx: Prisma.TransactionClient, key: Omit<ApiKey, 'secretHash'>): Promise<ShownApiKey> {
    return (await this.names.complete(tx, key.accountId, [key]))[0]!;
  }
}

function activeAt({ active, now }: ApiKeyFilter): Prisma.ApiKeyWhereInput {
  if (active === null) return {};
  return active
    ? { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
    : { OR: [{ revokedAt: { not: null } }, { expiresAt: { lte: now } }] };
}

function scoped({ scopes }: ApiKeyFilter): Prisma.ApiKeyWhereInput {
  return scopes === null ? {} : { scopes: { hasSome: [...scopes] } };
}
