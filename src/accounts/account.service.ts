import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../audit/audit.repository.js';
import type { Actor } from '../auth/actor.js';
import { CredentialCache } from '../auth/credential-cache.js';
import { Clock } from '../common/clock.js';
import { requireMatch } from '../common/http/etag.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import type { UpdateAccountDto } from './account.dto.js';
import { toAccountDto } from './account.mapper.js';
import { type AccountChanges, AccountRepository, type AccountSettings } from './account.repository.js';

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
    const account = await this.prisma.$transaction(async (tx) => {
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
    });
    this.credentials.clear();
    return account;
  }
}

/** What is given and differs from what is there. */
function changesOf(changes: UpdateAccountDto, before: AccountSettings): AccountChanges {
  const given = {
    enforceOnCompleted: changes.enforce_on_completed,
    catalog: changes.catalog,
    rateLimitPerMinute: changes.rate_limit_per_minute,
  };
  const differs = ([field, value]: [string, unknown]) =>
    value !== undefined && value !== before[field as keyof AccountChanges];
  return Object.fromEntries(Object.entries(given).filter(differs));
}
