import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PersonalAccessToken, Prisma } from '../../database/generated/client.js';
import { PrismaService } from '../../database/prisma.service.js';
import type { SignOn } from './sign-on.js';

/** Somebody at an issuer, as the row to which all that they do refers. */
export type Identity = Omit<PersonalAccessToken, 'secretHash'>;
const omit = { secretHash: true } as const;

type Who = Pick<SignOn, 'issuer' | 'subject' | 'key'>;

/** Who has signed on: rows among the personal tokens, found by issuer and subject instead of a secret. */
@Injectable()
export class IdentitiesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** The id of an account, null where there is none of that slug. */
  async findAccount(slug: string): Promise<string | null> {
    const account = await this.prisma.account.findUnique({ where: { slug }, select: { id: true } });
    return account?.id ?? null;
  }

  /** `isOver`: nobody is let in by it any more, since it is revoked or its person deactivated. */
  async find(
    accountId: string,
    { issuer, subject }: Who,
  ): Promise<{ readonly id: string; readonly userId: string; readonly isOver: boolean } | null> {
    const row = await this.prisma.personalAccessToken.findFirst({
      where: { accountId, issuer, subject },
      select: { id: true, userId: true, revokedAt: true, user: { select: { deactivatedAt: true } } },
    });
    return row && { id: row.id, userId: row.userId, isOver: (row.revokedAt ?? row.user.deactivatedAt) !== null };
  }

  async findIn(tx: Prisma.TransactionClient, accountId: string, { issuer, subject }: Who): Promise<Identity | null> {
    return tx.personalAccessToken.findFirst({ where: { accountId, issuer, subject }, omit });
  }

  /** Whether a person is known at an issuer already, by whatever subject. */
  async isLinked(tx: Prisma.TransactionClient, accountId: string, userId: string, issuer: string): Promise<boolean> {
    const linked = await tx.personalAccessToken.findFirst({
      where: { accountId, userId, issuer },
      select: { id: true },
    });
    return linked !== null;
  }

  /** Those by which a person may sign on. */
  async listIn(tx: Prisma.TransactionClient, accountId: string, userId: string): Promise<Identity[]> {
    const where = { accountId, userId, issuer: { not: null }, revokedAt: null };
    return tx.personalAccessToken.findMany({ where, omit, orderBy: { id: 'asc' } });
  }

  async give(tx: Prisma.TransactionClient, { accountId, id }: Identity, userId: string): Promise<Identity> {
    return tx.personalAccessToken.update({ where: { accountId_id: { accountId, id } }, data: { userId }, omit });
  }

  async create(
    tx: Prisma.TransactionClient,
    { issuer, subject, key }: Who,
    row: Pick<PersonalAccessToken, 'accountId' | 'id' | 'userId' | 'claimsIssuedAt' | 'createdAt'>,
  ): Promise<Identity> {
    const shown = { name: 'Single sign-on', prefix: `sso_${randomBytes(4).toString('hex')}` };
    const data = { ...row, ...shown, issuer, subject, secretHash: new Uint8Array(key.hash) };
    return tx.personalAccessToken.create({ data, omit });
  }

  /** For rows that came from elsewhere: from an import, which carries no hashes. */
  async repairHash(accountId: string, id: string, { key }: Who): Promise<void> {
    const where = { accountId, id, NOT: { secretHash: new Uint8Array(key.hash) } };
    await this.prisma.personalAccessToken.updateMany({ where, data: { secretHash: new Uint8Array(key.hash) } });
  }

  /** Notes whose groups the roles were taken from; false where those of a newer token were taken already. */
  async takeClaims(tx: Prisma.TransactionClient, accountId: string, id: string, issuedAt: Date): Promise<boolean> {
    const notNewer = { OR: [{ claimsIssuedAt: null }, { claimsIssuedAt: { lte: issuedAt } }] };
    const where = { accountId, id, ...notNewer };
    const { count } = await tx.personalAccessToken.updateMany({ where, data: { claimsIssuedAt: issuedAt } });
    return count > 0;
  }
}
