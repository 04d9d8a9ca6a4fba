import { Injectable } from '@nestjs/common';
import type { Actor } from '../auth/actor.js';
import { holds } from '../auth/permissions.js';
import { UsersService } from '../auth/users.service.js';
import { cutPage, mapPage, type Page, type PageQuery } from '../common/http/pagination.js';
import type { PageEnd } from '../database/older-than.js';
import { isUnreadable, needsOf, type Rule } from '../preflight/rule.js';
import { toRule } from '../rules/to-rule.js';
import type { PendingView } from './pending-approval.mapper.js';
import { type BlockedAttempt, PendingApprovalsRepository } from './pending-approvals.repository.js';
import { type Approver, type Help, mayHelp, whatHelps } from './what-helps.js';

/** An attempt that waits for a person, and what they could do about it. */
type Waiting = BlockedAttempt & { readonly help: readonly Help[] };

/** What waits for the caller's approval. */
@Injectable()
export class PendingApprovalsService {
  constructor(
    private readonly pending: PendingApprovalsRepository,
    private readonly users: UsersService,
  ) {}

  /** Newest attempts first; nothing for who may not approve. Only attempts of the last 30 days are looked at. */
  async list({ accountId, userId }: Actor, { limit, cursor }: PageQuery): Promise<Page<PendingView>> {
    const approver = userId === null ? null : await this.approver(accountId, userId);
    if (approver === null || !holds('versions:approve', approver.rights)) return { items: [], next: null };
    const page = cutPage(await this.waitingFor(accountId, approver, limit + 1, cursor ?? null), limit);
    if (page.items.length === 0) return { items: [], next: null };
    const details = await this.pending.details(
      accountId,
      page.items.map(({ id }) => id),
    );
    return mapPage(page, (waiting) => ({ ...waiting, ...details.get(waiting.id)! }));
  }

  private async approver(accountId: string, userId: string): Promise<Approver> {
    const { id, name, email, logins, kind, role, approverRoles } = await this.users.get(accountId, userId);
    return { id, name, email, logins, rights: { userKind: kind, role, approverRoles, scopes: [] } };
  }

  /** As many as are wanted, if there are so many: what waits for others alone, or no longer, is passed over. */
  private async waitingFor(
    accountId: string,
    approver: Approver,
    wanted: number,
    from: PageEnd | null,
  ): Promise<Waiting[]> {
    const rules = (await this.pending.rules(accountId))
      .map(toRule)
      .filter((rule): rule is Rule => !isUnreadable(rule) && mayHelp(rule, approver.rights));
    if (rules.length === 0) return [];
    const ruleIds = rules.map(({ id }) => id!);
    const found: Waiting[] = [];
    for (let after = from; ;) {
      const attempts = await this.pending.blockedAttempts(accountId, ruleIds, after);
      found.push(...(await this.judge(accountId, approver, rules, attempts)));
      if (found.length >= wanted || this.pending.isLast(attempts)) return found.slice(0, wanted);
      after = attempts.at(-1)!;
    }
  }

  private async judge(
    accountId: string,
    approver: Approver,
    rules: readonly Rule[],
    attempts: readonly BlockedAttempt[],
  ): Promise<readonly Waiting[]> {
    if (attempts.length === 0) return [];
    const cases = attempts.map((attempt) => {
      const asking = rules.filter(({ id }) => attempt.ruleIds.includes(id!));
      return { attempt, asking, needs: needsOf(asking) };
    });
    const facts = await this.pending.facts(accountId, cases);
    return cases.flatMap(({ attempt, asking }, i) => {
      const known = {
        ...facts[i]!,
        environmentId: attempt.environmentId,
        environmentName: attempt.environmentName,
        deployers: [attempt.deployedBy, attempt.deployedByEmail],
        holders: { product_environment: [], environment: [] },
      };
      const help = whatHelps(asking, attempt, known, approver);
      return help.length === 0 ? [] : [{ ...attempt, help }];
    });
  }
}
