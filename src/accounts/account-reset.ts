import { Injectable } from '@nestjs/common';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import { toInvitationDto } from '../auth/invitations.mapper.js';
import { toPersonalAccessTokenDto } from '../auth/personal-access-tokens.mapper.js';
import { newSecret } from '../auth/secrets.js';
import { UsersService } from '../auth/users.service.js';
import { Clock } from '../common/clock.js';
import { StartError } from '../common/errors/start.error.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { AccountResetRepository } from './account-reset.repository.js';
import { AccountSetupRepository } from './account-setup.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** What a reset has done. */
export interface AccountResetResult {
  readonly email: string;
  /** Of the new token. */
  readonly secret: string;
  readonly isNew: boolean;
  readonly revokedTokens: number;
  readonly revokedInvitations: number;
}

/** The way back into an account of which nobody has a token any more, or the wrong people have one. */
@Injectable()
export class AccountReset {
  constructor(
    private readonly prisma: PrismaService,
    private readonly accounts: AccountSetupRepository,
    private readonly credentials: AccountResetRepository,
    private readonly users: UsersService,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes one person an active admin, ends all tokens and open invitations that they have, and makes one new token.
   *
   * @param email null: the admin who has been there longest
   * @param fallbackEmail whose address a new admin gets, where no active one is left
   * @throws StartError where there is no such account
   */
  async reset(slug: string, email: string | null, fallbackEmail: string): Promise<AccountResetResult> {
    return this.prisma.$transaction(async (tx) => {
      const account = await this.accounts.findBySlug(tx, slug);
      if (account === null)
        throw new StartError(`There is no account "${slug}"; "npm run admin -- account list" lists them.`);
      const by: AuditActor = { kind: 'operator', accountId: account.id };
      const { id, isNew } = await this.admin(tx, by, email, fallbackEmail);
      const at = await databaseTime(tx, this.clock);
      const revokedTokens = await this.revokeTokens(tx, by, id, at);
      const revokedInvitations = await this.revokeInvitations(tx, by, id, at);
      const secret = newSecret('pat', slug);
      const user = { accountId: account.id, id };
      const token = await this.accounts.createToken(tx, { user, name: 'account reset', secret, expiresAt: null, at });
      await this.record(tx, by, 'personal_access_token.created', null, toPersonalAccessTokenDto(token), at);
      const shown = await this.credentials.emailOf(tx, account.id, id);
      return { email: shown, secret: secret.secret, isNew, revokedTokens, revokedInvitations };
    });
  }

  private async admin(
    tx: Transaction,
    by: AuditActor,
    email: string | null,
    fallbackEmail: string,
  ): Promise<{ id: string; isNew: boolean }> {
    const found =
      (email === null ? await this.credentials.firstAdmin(tx, by.accountId) : null) ??
      (await this.credentials.findByEmail(tx, by.accountId, email ?? fallbackEmail));
    if (found !== null) {
      await this.users.updateIn(tx, found, { role: 'admin', deactivated: false }, by);
      return { id: found, isNew: false };
    }
    const person = { kind: 'person', email: email ?? fallbackEmail, name: 'Admin', role: 'admin' } as const;
    const { id } = await this.users.createIn(tx, { ...person, approverRoles: [], logins: [] }, by);
    return { id, isNew: true };
  }

  private async revokeTokens(tx: Transaction, by: AuditActor, userId: string, at: Date): Promise<number> {
    const tokens = await this.credentials.standingTokens(tx, by.accountId, userId);
    for (const before of tokens) {
      const after = await this.credentials.revokeToken(tx, before, at);
      const [was, is] = [toPersonalAccessTokenDto(before), toPersonalAccessTokenDto(after)];
      await this.record(tx, by, 'personal_access_token.revoked', was, is, at);
    }
    return tokens.length;
  }

  private async revokeInvitations(tx: Transaction, by: AuditActor, userId: string, at: Date): Promise<number> {
    const invitations = await this.credentials.openInvitations(tx, by.accountId, userId);
    for (const before of invitations) {
      const after = await this.credentials.revokeInvitation(tx, before, at);
      await this.record(tx, by, 'invitation.revoked', toInvitationDto(before), toInvitationDto(after), at);
    }
    return invitations.length;
  }

  private async record(
    tx: Transaction,
    by: AuditActor,
    action: string,
    before: object | null,
    after: { readonly id: string },
    at: Date,
  ): Promise<void> {
    const resourceType = action.split('.')[0]!;
    await this.audit.record(tx, by, { action, resourceType, resourceId: after.id, before, after, at });
  }
}
