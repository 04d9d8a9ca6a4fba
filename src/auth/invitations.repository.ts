import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database, type Statement } from '../database/database.js';
import type { Invitation, Prisma } from '../database/generated/client.js';
import { newestFirstOrder, olderThan, type PageEnd } from '../database/older-than.js';
import { PrismaService } from '../database/prisma.service.js';

/** An invitation as far as anybody may see it: only its look-up needs the hash. */
export type ShownInvitation = Omit<Invitation, 'secretHash'>;
const omit = { secretHash: true } as const;

/** An invitation that was good when it was looked up, and whose it is. */
export interface FoundInvitation {
  readonly accountId: string;
  readonly accountSlug: string;
  readonly id: string;
  readonly userId: string;
}

/**
 * Every secret costs the same whether it is unknown, used, revoked, expired or its person deactivated: whether it is good
 * is only a column of the row. Plan: the unique indexes on accounts (slug) and invitations (account_id, secret_hash),
 * then the primary key of users.
 */
const findInvitation: Statement = {
  name: 'find_invitation',
  readOnly: true,
  text: `
  SELECT a.id AS "accountId", a.slug AS "accountSlug", i.id, i.user_id AS "userId",
         coalesce(i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > clock.now
           AND u.deactivated_at IS NULL, false) AS good
  FROM (SELECT coalesce($3::timestamptz, clock_timestamp()) AS now) AS clock
  LEFT JOIN accounts a ON a.slug = $1::text
  LEFT JOIN invitations i ON i.account_id = a.id AND i.secret_hash = $2::bytea
  LEFT JOIN users u ON u.account_id = i.account_id AND u.id = i.user_id`,
};

@Injectable()
export class InvitationsRepository {
  constructor(
    private readonly database: Database,
    private readonly prisma: PrismaService,
    private readonly clock: Clock,
  ) {}

  async create(tx: Prisma.TransactionClient, data: Prisma.InvitationUncheckedCreateInput): Promise<ShownInvitation> {
    return tx.invitation.create({ data, omit });
  }

  /** Those of one person, newest first. */
  async list(accountId: string, userId: string, limit: number, after: PageEnd | null): Promise<ShownInvitation[]> {
    const where = { accountId, userId, ...olderThan(after) };
    return this.prisma.invitation.findMany({ where, orderBy: newestFirstOrder, take: limit, omit });
  }

  /** Null also for an invitation of somebody else. */
  async find(accountId: string, userId: string, id: string): Promise<ShownInvitation | null> {
    return this.prisma.invitation.findUnique({ where: { accountId_id: { accountId, id }, userId }, omit });
  }

  /** The one that somebody has and has not used, nor has it been revoked; it may have expired. */
  async findOpen(tx: Prisma.TransactionClient, accountId: string, userId: string): Promise<ShownInvitation | null> {
    return tx.invitation.findFirst({ where: { accountId, userId, acceptedAt: null, revokedAt: null }, omit });
  }

  /** As `find`, with the row locked until the transaction ends. */
  async lock(
    tx: Prisma.TransactionClient,
    accountId: string,
    userId: string,
    id: string,
  ): Promise<ShownInvitation | null> {
    await tx.$queryRaw`SELECT FROM invitations WHERE account_id = ${accountId}::uuid AND id = ${id}::uuid FOR NO KEY UPDATE`;
    return tx.invitation.findUnique({ where: { accountId_id: { accountId, id }, userId }, omit });
  }

  async update(
    tx: Prisma.TransactionClient,
    { accountId, id }: ShownInvitation,
    data: Pick<Prisma.InvitationUncheckedUpdateInput, 'acceptedAt' | 'revokedAt'>,
  ): Promise<ShownInvitation> {
    return tx.invitation.update({ where: { accountId_id: { accountId, id } }, data, omit });
  }

  /** Null for an invitation that is unknown, used, revoked or expired, or whose person is deactivated. */
  async findGood(accountSlug: string, hash: Buffer): Promise<FoundInvitation | null> {
    const values = [accountSlug, hash, this.clock.frozen()];
    const [row] = await this.database.query<FoundInvitation & { good: boolean }>(findInvitation, values);
    if (!row?.good) return null;
    const { accountId, accountSlug: slug, id, userId } = row;
    return { accountId, accountSlug: slug, id, userId };
  }
}
