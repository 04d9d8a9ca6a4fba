import { Injectable } from '@nestjs/common';
import { type AuditActor, AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../auth/actor.js';
import { CredentialCache } from '../auth/credential-cache.js';
import { Clock } from '../common/clock.js';
import { requireMatch } from '../common/http/etag.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { UpdateAccountDto } from './account.dto.js';
import { toAccountDto } from './account.mapper.js';
import { type AccountChanges, AccountRepository, type AccountSettings } from './account.repository.js';

type Transaction = Parameters<AuditRepository['record']>[0];

/** The settings of the caller's account. */
@Injectable()
export class AccountService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly accounts: AccountRepository,
    private readonly audit: AuditRepository,
    private readonly credentials: CredentialCache,
    private readonly clock: Clock,
  ) {}

  async get(accountId: string): Promise<AccountSettings> {
    return this.accounts.find(accountId);
  }

  /**
   * Changes what is given. A new rate limit holds here at once, on other replicas within a second.
   * @throws PreconditionFailedError
   */
  async update(changes: UpdateAccountDto, ifMatch: string | null, actor: Actor): Promise<AccountSettings> {
    const account = await this.prisma.$transaction((tx) => this.updateIn(tx, changes, actor, ifMatch));
    await this.credentials.forget();
    return account;
  }

  /** As `update`, in a transaction of the caller's: within a second on every replica, this one included. */
  async updateIn(
    tx: Transaction,
    changes: UpdateAccountDto,
    actor: AuditActor,
    ifMatch: string | null = null,
  ): Promise<AccountSettings> {
    const before = await this.accounts.lock(tx, actor.accountId);
    requireMatch(ifMatch, toAccountDto(before));
    const given = changesOf(changes, before);
    if (Object.keys(given).length === 0) return before;
    const at = await databaseTime(tx, this.clock);
    const after = await this.accounts.update(tx, actor.accountId, given, at);
    await this.audit.record(tx, actor, {
      action: 'account.updated',
      resourceType: 'account',
      resourceId: actor.accountId,
      before: toAccountDto(before),
      after: toAccountDto(after),
      at,
    });
    return after;
  }
}

/** What is given and differs from what is there. */
function changesOf(changes: UpdateAccountDto, before: AccountSettings): AccountChanges {
  const given = {
    enforceOnCompleted: changes.enforce_on_completed,
    catalog: changes.catalog,
    rateLimitPerMinute: changes.rate_limit_per_minute,
    timeZone: changes.time_zone,
    retainEventsDays: changes.retain_events_days,
    retainChecksDays: changes.retain_checks_days,
    retainAuditDays: changes.retain_audit_days,
  };
  const differs = ([field, value]: [string, unknown]) =>
    value !== undefined && value !== before[field as keyof AccountChanges];
  return Object.fromEntries(Object.entries(given).filter(differs));
}
