import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../audit/audit.repository.js';
import { toApiKeyDto } from '../auth/api-keys.mapper.js';
import { toPersonalAccessTokenDto } from '../auth/personal-access-tokens.mapper.js';
import type { Scope } from '../auth/permissions.js';
import { newSecret, type Secret } from '../auth/secrets.js';
import { Clock } from '../common/clock.js';
import { StartError } from '../common/errors/start.error.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { toAccountDto } from './account.mapper.js';
import { AccountSetupRepository, type AccountSummary } from './account-setup.repository.js';

/** An account to be made with its first admin. */
export interface NewAccount {
  readonly slug: string;
  readonly adminEmail: string;
  /** Null: none is made. */
  readonly adminToken: Secret | null;
  /** Null: none is made. */
  readonly apiKey: Secret | null;
  readonly scopes: readonly Scope[];
}

export interface TokenRequest {
  readonly account: string;
  /** Null: the first admin. */
  readonly email: string | null;
  readonly name: string;
  readonly expiresInDays: number | null;
}

type Transaction = Parameters<AuditRepository['record']>[0];
type By = 'service' | 'operator';
const dayMs = 24 * 3_600_000;

/** Makes accounts, and a way into them: for the first start and for the operator's commands, never over HTTP. */
@Injectable()
export class AccountSetup {
  constructor(
    private readonly prisma: PrismaService,
    private readonly accounts: AccountSetupRepository,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<AccountSummary[]> {
    return this.accounts.summaries();
  }

  /** Makes the account where there is none at all. Of several replicas exactly one does, and answers true. */
  async createFirst(account: NewAccount): Promise<boolean> {
    if (await this.accounts.hasAccounts()) return false;
    return this.prisma.$transaction(async (tx) => {
      if (await this.accounts.lockAccounts(tx)) return false;
      await this.build(tx, account, 'service');
      return true;
    });
  }

  /** @throws StartError where the slug is taken */
  async create(account: NewAccount): Promise<void> {
    await this.prisma.$transaction(async (tx) => {
      await this.accounts.lockAccounts(tx);
      if ((await this.accounts.findBySlug(tx, account.slug)) !== null) {
        throw new StartError(`There is an account "${account.slug}" already.`);
      }
      await this.build(tx, account, 'operator');
    });
  }

  /**
   * Makes a personal token for somebody who has none at hand.
   * @throws StartError where there is no such account or person
   */
  async issueToken({
    account: slug,
    email,
    name,
    expiresInDays,
  }: TokenRequest): Promise<{ secret: string; email: string }> {
    return this.prisma.$transaction(async (tx) => {
      const account = await this.accounts.findBySlug(tx, slug);
      if (account === null)
        throw new StartError(`There is no account "${slug}"; "npm run admin -- account list" lists them.`);
      const user = await this.accounts.findPerson(tx, account.id, email);
      if (user === null) throw new StartError(`There is no active ${email ?? 'admin'} in the account "${slug}".`);
      const at = await databaseTime(tx, this.clock);
      const expiresAt = expiresInDays === null ? null : new Date(at.getTime() + expiresInDays * dayMs);
      const secret = newSecret('pat', slug);
      const token = await this.accounts.createToken(tx, { user, name, secret, expiresAt, at });
      await this.record(tx, account.id, 'operator', 'personal_access_token', toPersonalAccessTokenDto(token), at);
      return { secret: secret.secret, email: user.email ?? '' };
    });
  }

  private async build(tx: Transaction, options: NewAccount, by: By): Promise<void> {
    const at = await databaseTime(tx, this.clock);
    const account = await this.accounts.createAccount(tx, options.slug, at);
    await this.record(tx, account.id, by, 'account', toAccountDto(account), at);
    const user = await this.accounts.createAdmin(tx, account.id, options.adminEmail, at);
    const shownUser = { id: user.id, email: user.email, name: user.name, role: 'admin' };
    await this.record(tx, account.id, by, 'user', shownUser, at);
    const first = { name: 'default', expiresAt: null, at };
    if (options.adminToken !== null) {
      const token = await this.accounts.createToken(tx, { ...first, user, secret: options.adminToken });
      await this.record(tx, account.id, by, 'personal_access_token', toPersonalAccessTokenDto(token), at);
    }
    if (options.apiKey !== null) {
      const owner = { accountId: account.id, createdBy: user.id };
      const key = await this.accounts.createKey(tx, {
        ...first,
        ...owner,
        secret: options.apiKey,
        scopes: options.scopes,
      });
      await this.record(tx, account.id, by, 'api_key', toApiKeyDto({ ...key, products: [], environments: [] }), at);
    }
  }

  private async record(
    tx: Transaction,
    accountId: string,
    kind: By,
    resourceType: string,
    after: { readonly id: string },
    at: Date,
  ): Promise<void> {
    const entry = { action: `${resourceType}.created`, resourceType, resourceId: after.id, before: null, after, at };
    await this.audit.record(tx, { kind, accountId }, entry);
  }
}
