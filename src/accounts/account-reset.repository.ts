import { Injectable } from '@nestjs/common';
import { emailKey } from '../auth/email-key.js';
import type { Invitation, PersonalAccessToken, Prisma } from '../database/generated/client.js';

type Token = Omit<PersonalAccessToken, 'secretHash'>;
type ShownInvitation = Omit<Invitation, 'secretHash'>;
const omit = { secretHash: true } as const;

/** Who can get into an account, and by what. */
@Injectable()
export class AccountResetRepository {
  /** The id of the active person who has been an admin longest; null where there is none. */
  async firstAdmin(tx: Prisma.TransactionClient, accountId: string): Promise<string | null> {
    const isAdmin = { userRoles: { some: { role: 'admin', validTo: null } } };
    const user = await tx.user.findFirst({
      where: { accountId, kind: 'person', deactivatedAt: null, ...isAdmin },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      select: { id: true },
    });
    return user?.id ?? null;
  }

  /** Active or not. */
  async findByEmail(tx: Prisma.TransactionClient, accountId: string, email: string): Promise<string | null> {
    const where = { accountId_emailKey: { accountId, emailKey: emailKey(email) } };
    return (await tx.user.findUnique({ where, select: { id: true } }))?.id ?? null;
  }

  async emailOf(tx: Prisma.TransactionClient, accountId: string, id: string): Promise<string> {
    const where = { accountId_id: { accountId, id } };
    const { email, name } = await tx.user.findUniqueOrThrow({ where, select: { email: true, name: true } });
    return email ?? name;
  }

  /** Those that have a secret: somebody who signs on elsewhere is shut out there. */
  async standingTokens(tx: Prisma.TransactionClient, accountId: string, userId: string): Promise<Token[]> {
    const where = { accountId, userId, revokedAt: null, issuer: null };
    return tx.personalAccessToken.findMany({ where, omit, orderBy: { id: 'asc' } });
  }

  async revokeToken(tx: Prisma.TransactionClient, { accountId, id }: Token, at: Date): Promise<Token> {
    return tx.personalAccessToken.update({ where: { accountId_id: { accountId, id } }, data: { revokedAt: at }, omit });
  }

  async openInvitations(tx: Prisma.TransactionClient, accountId: string, userId: string): Promise<ShownInvitation[]> {
    const where = { accountId, userId, acceptedAt: null, revokedAt: null };
    return tx.invitation.findMany({ where, omit, orderBy: { id: 'asc' } });
  }

  async revokeInvitation(
    tx: Prisma.TransactionClient,
    { accountId, id }: ShownInvitation,
    at: Date,
  ): Promise<ShownInvitation> {
    return tx.invitation.update({ where: { accountId_id: { accountId, id } }, data: { revokedAt: at }, omit });
  }
}
