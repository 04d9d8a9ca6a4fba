import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database, type Statement } from '../database/database.js';
import type { FactNeeds } from '../preflight/checks/check.js';
import { type PolicyFacts, policyFactsInput, type PolicyFactsRow, toPolicyFacts } from '../preflight/policy-facts.js';
import { chunkSize, readPastFacts, readPastSlots } from './backtest.sql.js';
import type { Moment, PastHolder } from './backtest-slots.js';

/** Which attempts a rule would have applied to; null: all. */
export interface PastScope {
  readonly productIds: readonly string[] | null;
  readonly environmentIds: readonly string[] | null;
  /** As they were then. */
  readonly environmentTypes: readonly string[] | null;
}

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** A recorded attempt, and what was known of it then, as far as it was asked for. */
export interface PastAttempt {
  readonly id: string;
  readonly checkedAt: Date;
  readonly outcome: string;
  readonly inScope: boolean;
  readonly productId: string;
  readonly productName: string;
  readonly version: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly deployedBy: string | null;
  readonly deployers: readonly (string | null)[];
  /** The deployment that it continued, or whose place it would have taken. */
  readonly replaces: string | null;
  readonly versionSha: string | null;
  readonly policy: PolicyFacts;
  /** The slot that it took. */
  readonly slot: PastHolder | null;
}

interface AttemptRow extends PolicyFactsRow {
  readonly id: string;
  readonly number: number;
  readonly in_scope: boolean;
  readonly checked_at: Date;
  readonly outcome: string;
  readonly deployed_by: string | null;
  readonly product_id: string;
  readonly environment_id: string;
  readonly version: string;
  readonly product_name: string;
  readonly environment_name: string;
  readonly deployers: readonly (string | null)[];
  readonly replaces: string | null;
  readonly version_sha?: string | null;
  readonly deployment_id?: string | null;
  readonly started_at?: Date;
  readonly held_by?: string | null;
  readonly ended_at?: Date | null;
  readonly ended_by?: string | null;
  readonly stale_after_minutes?: number;
}

/** Smaller than every id. */
const noId = '00000000-0000-0000-0000-000000000000';

/** For how long after its start a deployment may hold a slot. Plan: the few dozen environments of an account. */
const readLongestHold: Statement = {
  name: 'read_longest_hold',
  readOnly: true,
  text: `
  SELECT CASE WHEN bool_and(stale_after_minutes > 0) THEN max(stale_after_minutes) END AS minutes
  FROM environments WHERE account_id = $1::uuid AND ($2::uuid[] IS NULL OR id = ANY ($2::uuid[]))`,
};

/** What the retention has removed. Plan: primary key. */
const readRemovedBefore: Statement = {
  name: 'read_checks_removed_before',
  readOnly: true,
  text: 'SELECT checks_removed_before AS at FROM accounts WHERE id = $1::uuid AND checks_removed_before > $2::timestamptz',
};

/** Reads the record of attempts in the order of time, with what was known at each. */
@Injectable()
export class BacktestRepository {
  constructor(private readonly database: Database) {}

  /** The attempts of a period that are in scope, and what was known at each of what `needs` asks for. */
  facts(
    accountId: string,
    { from, to }: Period,
    scope: PastScope,
    needs: FactNeeds,
  ): AsyncGenerator<Iterable<PastAttempt>> {
    const input = policyFactsInput(needs);
    const asked = [input['places'], input['needs_last_completion'], input['needs_durations'], input['needs_approvals']];
    return this.chunks(readPastFacts, accountId, from, [to, ...scopeValues(scope), from, ...asked]);
  }

  /**
   * The attempts of a period that are in scope, and in their order everything that took a slot then, from so long before
   * the period on that whatever held one at its begin is among it.
   *
   * @param spansProducts whether deployments of other products hold slots too
   */
  async *slots(
    accountId: string,
    { from, to }: Period,
    scope: PastScope,
    spansProducts: boolean,
  ): AsyncGenerator<Iterable<PastAttempt>> {
    const [row] = await this.database.query<{ minutes: number | null }>(readLongestHold, [
      accountId,
      scope.environmentIds,
    ]);
    // Where deployments never grow stale, the oldest may still be in progress.
    const since = row?.minutes == null ? new Date(0) : new Date(from.getTime() - row.minutes * 60_000);
    yield* this.chunks(readPastSlots, accountId, since, [to, ...scopeValues(scope), from, spansProducts]);
  }

  /** Before which instant attempts have been removed, where that lies behind the begin of the period; else null. */
  async removedBefore(accountId: string, from: Date): Promise<Date | null> {
    const [row] = await this.database.query<{ at: Date }>(readRemovedBefore, [accountId, from]);
    return row?.at ?? null;
  }

  /** The next chunk is on its way while the present one is worked on. */
  private async *chunks(
    statement: Statement,
    accountId: string,
    since: Date,
    values: readonly unknown[],
  ): AsyncGenerator<Iterable<PastAttempt>> {
    const readAfter = (last: Moment): Promise<AttemptRow[]> => {
      const rows = this.database.query<AttemptRow>(statement, [accountId, last.at, last.id, ...values]);
      // Whoever stops early does not wait for it; whoever goes on is told when they do.
      rows.catch(() => undefined);
      return rows;
    };
    let reading: Promise<AttemptRow[]> | null = readAfter({ at: since, id: noId });
    while (reading !== null) {
      const rows: AttemptRow[] = await reading;
      const last = rows.at(-1);
      reading = last?.number === chunkSize ? readAfter({ at: last.checked_at, id: last.id }) : null;
      // Only then is it sent, and other requests are served.
      await nextTurn();
      yield attemptsIn(rows);
    }
  }
}

function scopeValues({ productIds, environmentIds, environmentTypes }: PastScope): unknown[] {
  return [productIds, environmentIds, environmentTypes];
}

/** One by one, so that what is read of one can be forgotten before the next. */
function* attemptsIn(rows: readonly AttemptRow[]): Generator<PastAttempt> {
  for (const row of rows) yield toPastAttempt(row);
}

function toPastAttempt(row: AttemptRow): PastAttempt {
  return {
    id: row.id,
    checkedAt: row.checked_at,
    outcome: row.outcome,
    inScope: row.in_scope,
    productId: row.product_id,
    productName: row.product_name,
    version: row.version,
    environmentId: row.environment_id,
    environmentName: row.environment_name,
    deployedBy: row.deployed_by,
    deployers: row.deployers,
    replaces: row.replaces,
    versionSha: row.version_sha ?? null,
    policy: toPolicyFacts(row),
    slot: row.deployment_id == null ? null : toSlot(row, row.deployment_id),
  };
}

function toSlot(row: AttemptRow, deploymentId: string): PastHolder {
  const staleAfterMinutes = row.stale_after_minutes!;
  return {
    deploymentId,
    productId: row.product_id,
    productName: row.product_name,
    version: row.version,
    environmentId: row.environment_id,
    taken: { at: row.checked_at, id: row.id },
    startedAt: row.started_at!,
    deployedBy: row.held_by ?? null,
    // Nothing that a deployment reports between its start and its end makes it younger.
    staleAt: staleAfterMinutes === 0 ? null : new Date(row.checked_at.getTime() + staleAfterMinutes * 60_000),
    ended: row.ended_at == null ? null : { at: row.ended_at, id: row.ended_by ?? noId },
  };
}
