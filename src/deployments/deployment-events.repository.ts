import { Injectable } from '@nestjs/common';
import { batchAuditRows } from '../audit/batch-audit.js';
import type { Actor } from '../auth/actor.js';
import { nameKey } from '../catalog/name-key.js';
import { Clock } from '../common/clock.js';
import { batchAnswerRows } from '../common/http/keep-batch-answers.js';
import { Database } from '../database/database.js';
import type { CellFacts, RecordedCheck } from './cell-facts.js';
import { type DeploymentColumns, fromColumns, toColumns } from './deployment.columns.js';
import type { DeploymentEvent } from './deployment-event.js';
import type { EventAnswer } from './event-answer.js';
import type { EventPlan } from './event-plan.js';
import { readCellFacts } from './read-cell-facts.sql.js';
import { writeEventPlans } from './write-event-plans.sql.js';

/** A plan, who caused it, and the answer to keep under an idempotency key. Null: the service itself. */
export interface PlannedWrite {
  readonly plan: EventPlan;
  readonly actor: Actor | null;
  readonly answer: EventAnswer | null;
}

interface FactsRow {
  readonly now: Date;
  readonly policy_revision: number;
  readonly enforce_on_completed: boolean;
  readonly catalog: string;
  readonly product_id: string | null;
  readonly product_name: string;
  readonly environment_id: string | null;
  readonly environment_name: string;
  readonly stale_after_minutes: number;
  readonly pending_stale_after_hours: number;
  readonly start_revision: number;
  readonly version_id: string | null;
  readonly version_sha: string | null;
  readonly revision: number | null;
  readonly current_id: string | null;
  readonly current_deployed_at: Date | null;
  readonly open: readonly DeploymentColumns[] | null;
  readonly given_up: readonly DeploymentColumns[] | null;
  readonly repeat_deployment: DeploymentColumns | null;
  readonly repeat_check: Readonly<Record<string, unknown>> | null;
  readonly repeat_received_at: Date | null;
  readonly repeat_others_since: boolean | null;
  readonly same_run: DeploymentColumns | null;
  readonly last_check: Readonly<Record<string, unknown>> | null;
  readonly next_completed_at: Date | null;
  readonly environment_holders: readonly Readonly<Record<string, unknown>>[] | null;
}

/** The event path's two round trips: one reads what is known, one writes what was decided. Both take a whole batch. */
@Injectable()
export class DeploymentEventsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** What is known about each event, in their order. */
  async readFacts(
    accountId: string,
    events: readonly { event: DeploymentEvent; actor: Pick<Actor, 'apiKeyId' | 'personalAccessTokenId'> }[],
    withEnvironmentHolders: boolean,
  ): Promise<CellFacts[]> {
    const attempts = events.map(({ event, actor }, i) => ({
      i,
      product_key: nameKey(event.productName),
      environment_key: nameKey(event.environmentName),
      version: event.version,
      status: event.status,
      invoke_id: event.invokeId,
      run_attempt: event.runAttempt,
      api_key_id: actor.apiKeyId,
      personal_access_token_id: actor.personalAccessTokenId,
      backfilled_at: event.status === 'completed' ? event.completedAt : null,
      spans_products: withEnvironmentHolders,
    }));
    const rows = await this.database.query<FactsRow>(readCellFacts, [
      accountId,
      JSON.stringify(attempts),
      this.clock.frozen(),
    ]);
    return rows.map(toCellFacts);
  }

  /** Writes the plans whose facts still stand, all in one transaction; answers the positions of those that were written. */
  async write(accountId: string, writes: readonly PlannedWrite[]): Promise<ReadonlySet<number>> {
    const rows = await this.database.query<{ i: number }>(writeEventPlans, [
      accountId,
      JSON.stringify(writes.map(({ plan }, i) => planRow(plan, i))),
      JSON.stringify(
        writes.flatMap(({ plan }, i) => plan.deployments.map((deployment) => ({ i, ...toColumns(deployment) }))),
      ),
      JSON.stringify(writes.flatMap((write, i) => checkRows(write, i))),
      JSON.stringify(writes.flatMap((write, i) => eventRows(write, i))),
      JSON.stringify(writes.flatMap(({ plan, actor }, i) => batchAuditRows(i, actor, plan.audits))),
      JSON.stringify(writes.flatMap(({ actor, answer }, i) => batchAnswerRows(i, actor, answer))),
    ]);
    return new Set(rows.map(({ i }) => i));
  }
}

function toCellFacts(row: FactsRow): CellFacts {
  return {
    now: row.now,
    policyRevision: row.policy_revision,
    enforceOnCompleted: row.enforce_on_completed,
    catalogClosed: row.catalog === 'closed',
    product: row.product_id === null ? null : { id: row.product_id, name: row.product_name },
    environment:
      row.environment_id === null
        ? null
        : {
            id: row.environment_id,
            name: row.environment_name,
            startRevision: row.start_revision,
            staleAfterMinutes: row.stale_after_minutes,
            pendingStaleAfterHours: row.pending_stale_after_hours,
          },
    version: row.version_id === null ? null : { id: row.version_id, scmSha: row.version_sha },
    revision: row.revision ?? 0,
    current: row.current_id === null ? null : { deploymentId: row.current_id, deployedAt: row.current_deployed_at! },
    open: (row.open ?? []).map((columns) => ({ ...fromColumns(columns), version: columns['version'] as string })),
    givenUp: (row.given_up ?? []).map(fromColumns),
    repeatOf: toRepeat(row),
    sameRun: row.same_run && fromColumns(row.same_run),
    lastCheck: row.last_check && toRecordedCheck(row.last_check),
    nextCompletedAt: row.next_completed_at,
    environmentHolders: (row.environment_holders ?? []).map((holder) => ({
      deploymentId: holder['deployment_id'] as string,
      productName: holder['product_name'] as string,
      version: holder['version'] as string,
      startedAt: new Date(holder['started_at'] as string),
      deployedBy: holder['deployed_by'] as string | null,
      status: 'started',
      lastEventAt: new Date(holder['last_event_at'] as string),
    })),
  };
}

function toRepeat({
  repeat_deployment: deployment,
  repeat_check: check,
  repeat_received_at: receivedAt,
  repeat_others_since: othersSince,
}: FactsRow): CellFacts['repeatOf'] {
  if (deployment === null && check === null) return null;
  const replacedAt = deployment?.['replaced_at'] as string | null | undefined;
  return {
    deployment: deployment && {
      ...fromColumns(deployment),
      replacedAt: replacedAt == null ? null : new Date(replacedAt),
    },
    check: check && toRecordedCheck(check),
    receivedAt: receivedAt!,
    othersSince: othersSince!,
  };
}

function toRecordedCheck(row: Readonly<Record<string, unknown>>): RecordedCheck {
  return {
    id: row['id'] as string,
    outcome: row['outcome'] as string,
    attempt: fromColumns(row['attempt'] as DeploymentColumns),
    checkedAt: new Date(row['checked_at'] as string),
    rulesEvaluated: row['rules_evaluated'],
  };
}

function planRow(plan: EventPlan, i: number): Record<string, unknown> {
  const { product, environment, version } = plan.newNames;
  return {
    i,
    now: plan.now,
    product_id: plan.productId,
    environment_id: plan.environmentId,
    version_id: plan.versionId,
    gated: plan.gated,
    revision: plan.revision,
    policy_revision: plan.policyRevision,
    start_revision: plan.startRevision,
    deployment_id: plan.current?.deploymentId ?? null,
    deployed_at: plan.current?.deployedAt ?? null,
    new_product_key: product?.key,
    new_product_name: product?.name,
    new_environment_key: environment?.key,
    new_environment_name: environment?.name,
    new_environment_type: environment?.type,
    new_environment_position: environment?.position,
    new_version: version,
  };
}

function checkRows({ plan, actor }: PlannedWrite, i: number): Record<string, unknown>[] {
  return plan.checks.map((check) => ({
    i,
    id: check.id,
    deployment_id: check.deploymentId,
    outcome: check.outcome,
    status_code: check.statusCode,
    code: check.code,
    message: check.message,
    retry_after: check.retryAfter,
    invoke_id: check.attempt.invokeId,
    api_key_id: actor?.apiKeyId,
    personal_access_token_id: actor?.personalAccessTokenId,
    deployed_by: check.attempt.deployedBy,
    policy_revision: check.policyRevision,
    violations: check.violations,
    rules_evaluated: check.rulesEvaluated,
    facts: check.facts,
    attempt: toColumns(check.attempt),
  }));
}

function eventRows({ plan, actor }: PlannedWrite, i: number): Record<string, unknown>[] {
  return plan.events.map((event) => ({
    i,
    id: event.id,
    deployment_id: event.deploymentId,
    preflight_check_id: event.preflightCheckId,
    version_id: event.versionId,
    type: event.type,
    status: event.status,
    invoke_id: event.invokeId,
    run_attempt: event.runAttempt,
    api_key_id: event.byClient ? actor?.apiKeyId : null,
    personal_access_token_id: event.byClient ? actor?.personalAccessTokenId : null,
    payload: event.payload,
  }));
}
