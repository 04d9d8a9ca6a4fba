import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { databaseTime } from '../database/database-time.js';
import type { PersonalAccessToken, Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';

/** A token as far as anybody may see it: only the look-up of credentials needs the hash. */
export type ShownToken = Omit<PersonalAccessToken, 'secretHash'>;
const omit = { secretHash: true } as const;

@Injectable()
export class PersonalAccessTokensRepository {
  constructor(
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  /**
   * Those of one person, newest first.
   * @param active whether they are to work or not; null: all
   */
  async list(
    accountId: string,
    userId: string,
    active: boolean | null,
    limit: number,
    after: PageEnd | null,
  ): Promise<ShownToken[]> {
    const state = active === null ? {} : stateOf(active, await databaseTime(this.prisma, this.clock));
    const where = { AND: [{ accountId, userId }, olderThan(after), state] };
    return this.prisma.personalAccessToken.findMany({ where, orderBy: newestFirstOrder, take: limit, omit });
  }

  async find(accountId: string, id: string): Promise<ShownToken | null> {
    return this.prisma.personalAccessToken.findUnique({ where: { accountId_id: { accountId, id } }, omit });
  }

  async create(
    tx: Prisma.TransactionClient,
    data: Prisma.PersonalAccessTokenUncheckedCreateInput,
  ): Promise<ShownToken> {
    return tx.personalAccessToken.create({ data, omit });
  }

  /** As `find`, with the row locked until the transaction ends. */
  async lock(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<ShownToken | null> {
    await tx.$queryRaw`SELECT id FROM personal_access_tokens WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return tx.personalAccessToken.findUnique({ where: { accountId_id: { accountId, id } }, omit });
  }

  async update(
    tx: Prisma.TransactionClient,
    { accountId, id }: ShownToken,
    data: Pick<Prisma.PersonalAccessTokenUncheckedUpdateInput, 'name' | 'expiresAt' | 'revokedAt'>,
  ): Promise<ShownToken> {
    return tx.personalAccessToken.update({ where: { accountId_id: { accountId, id } }, data, omit });
  }
}

function stateOf(active: boolean, now: Date) {
  return active
    ? { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
    : { OR: [{ revokedAt: { not: null } }, { expiresAt: { lte: now } }] };
}
