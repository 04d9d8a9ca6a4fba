import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { PageEnd } from '../database/older-than.js';
import type { FactNeeds } from '../preflight/checks/check.js';
import { type PolicyFacts, policyFactsInput, type PolicyFactsRow, toPolicyFacts } from '../preflight/policy-facts.js';
import type { StoredRule } from '../rules/to-rule.js';
import {
  attemptsAtOnce,
  listBlockedAttempts,
  listBlockedAttemptsAfter,
  readApprovalFacts,
  readApprovalRules,
  readPendingDetails,
} from './read-pending-approvals.sql.js';

/** An attempt that was blocked for want of approval, and the rules that asked for it. */
export interface BlockedAttempt extends PageEnd {
  readonly productId: string;
  readonly productName: string;
  readonly versionId: string;
  readonly version: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly deployedBy: string | null;
  readonly deployedByEmail: string | null;
  readonly ruleIds: readonly string[];
}

/** What is known now about the version of an attempt, as far as rules about approvals ask. */
export interface ApprovalFacts {
  readonly now: Date;
  readonly versionSha: string | null;
  readonly policy: PolicyFacts;
}

/** What runs where somebody wants to deploy; times as JSON has them. */
export interface Running {
  readonly deployment_id: string;
  readonly version_id: string;
  readonly version: string;
  readonly scm_sha: string | null;
  readonly deployed_at: string;
  readonly deployed_by: string | null;
}

export interface VersionBetween {
  readonly version_id: string;
  readonly version: string;
  readonly scm_sha: string | null;
  readonly created_at: string;
}

/** What somebody must know who is to approve. */
export interface PendingDetails {
  readonly id: string;
  readonly scmSha: string | null;
  readonly scmBranch: string | null;
  readonly scmRepository: string | null;
  readonly buildUrl: string | null;
  readonly environmentType: string;
  readonly deployedByName: string | null;
  readonly deployUrl: string | null;
  readonly running: Running | null;
  /** Whether what waits is older than what runs; null where nothing runs. */
  readonly goesBack: boolean | null;
  readonly betweenCount: number;
  readonly between: readonly VersionBetween[];
}

/** Reads what waits for approval: see the statements for their plans. */
@Injectable()
export class PendingApprovalsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The enforced ones that ask for approvals. */
  async rules(accountId: string): Promise<StoredRule[]> {
    return this.database.query<StoredRule>(readApprovalRules, [accountId]);
  }

  /** Those that one of some rules blocked, the next 200 at most, newest first. */
  async blockedAttempts(
    accountId: string,
    ruleIds: readonly string[],
    after: PageEnd | null,
  ): Promise<BlockedAttempt[]> {
    const values = [accountId, ruleIds, this.clock.frozen()];
    return after === null
      ? this.database.query<BlockedAttempt>(listBlockedAttempts, values)
      : this.database.query<BlockedAttempt>(listBlockedAttemptsAfter, [...values, after.createdAt, after.id]);
  }

  /** Whether an answer of `blockedAttempts` was the last one. */
  isLast(attempts: readonly BlockedAttempt[]): boolean {
    return attempts.length < attemptsAtOnce;
  }

  /** What is known about each of some attempts, in their order. */
  async facts(
    accountId: string,
    attempts: readonly { attempt: BlockedAttempt; needs: FactNeeds }[],
  ): Promise<ApprovalFacts[]> {
    const asked = attempts.map(({ attempt, needs }, i) => ({
      i,
      product_id: attempt.productId,
      version_id: attempt.versionId,
      environment_id: attempt.environmentId,
      ...policyFactsInput(needs),
    }));
    const rows = await this.database.query<PolicyFactsRow & { now: Date; version_sha: string | null }>(
      readApprovalFacts,
      [accountId, JSON.stringify(asked), this.clock.frozen()],
    );
    return rows.map((row) => ({ now: row.now, versionSha: row.version_sha, policy: toPolicyFacts(row) }));
  }

  async details(accountId: string, ids: readonly string[]): Promise<ReadonlyMap<string, PendingDetails>> {
    const rows = await this.database.query<PendingDetails>(readPendingDetails, [accountId, ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }
}
