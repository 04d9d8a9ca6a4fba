import { Injectable } from '@nestjs/common';
import { batchAuditRows } from '../audit/batch-audit.js';
import type { Actor } from '../auth/actor.js';
import { nameKey } from '../catalog/name-key.js';
import { createdValue, type NewThing } from '../catalog/audit-created.sql.js';
import { restoreValues } from '../catalog/restore-archived.sql.js';
import { Clock } from '../common/clock.js';
import { batchAnswerRows } from '../common/http/keep-batch-answers.js';
import { Database } from '../database/database.js';
import { isForeignKeyViolation } from '../database/is-foreign-key-violation.js';
import type { OverrideGrant } from '../preflight/apply-overrides.js';
import type { FactNeeds } from '../preflight/checks/check.js';
import { policyFactsInput } from '../preflight/policy-facts.js';
import { readOpenOverrides } from '../preflight/read-open-overrides.sql.js';
import type { PolicyJson } from '../preflight/read-policy.js';
import type { CellFacts } from './cell-facts.js';
import { type FactsRow, toCellFacts } from './cell-facts.columns.js';
import { toColumns } from './deployment.columns.js';
import type { DeploymentEvent } from './deployment-event.js';
import type { EventAnswer } from './event-answer.js';
import type { EventPlan } from './event-plan.js';
import { readCellAndPolicyFacts, readCellFacts } from './read-cell-facts.sql.js';
import { writeEventPlans, writeEventPlansThatRestore } from './write-event-plans.sql.js';

/** What of a credential decides whether an event is one that it has sent before. */
export type EventSender = Pick<Actor, 'apiKeyId' | 'formerKeyId' | 'personalAccessTokenId'>;

/** A plan, who caused it, and the answer to keep under an idempotency key. Null: the service itself. */
export interface PlannedWrite {
  readonly plan: EventPlan;
  readonly actor: Actor | null;
  readonly answer: EventAnswer | null;
}

/** What was read: the facts, and where they are new the rules. */
export interface ReadFacts {
  readonly facts: readonly CellFacts[];
  readonly rules: { readonly revision: number; readonly json: PolicyJson } | null;
}

/** The event path's two round trips: one reads what is known, one writes what was decided. Both take a whole batch. */
@Injectable()
export class DeploymentEventsRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * What is known about each event, in their order, and the rules if they are not those of `rulesRevision`.
   * @param needs what the rules need to know about each of them
   */
  async readFacts(
    accountId: string,
    events: readonly { event: DeploymentEvent; actor: EventSender }[],
    needs: readonly FactNeeds[],
    rulesRevision: number,
  ): Promise<ReadFacts> {
    const attempts = events.map(({ event, actor }, i) => ({
      i,
      product_key: nameKey(event.productName),
      environment_key: nameKey(event.environmentName),
      version: event.version,
      status: event.status,
      invoke_id: event.invokeId,
      run_attempt: event.runAttempt,
      api_key_id: actor.apiKeyId,
      former_key_id: actor.formerKeyId,
      personal_access_token_id: actor.personalAccessTokenId,
      backfilled_at: event.status === 'completed' ? event.completedAt : null,
      spans_products: needs[i]!.environmentHolders,
      ...policyFactsInput(needs[i]!),
    }));
    const statement = needs.some(asksForPolicyFacts) ? readCellAndPolicyFacts : readCellFacts;
    const rows = await this.database.query<FactsRow>(statement, [
      accountId,
      JSON.stringify(attempts),
      this.clock.frozen(),
      rulesRevision,
    ]);
    const { rules_revision: revision, policy } = rows[0]!;
    return { facts: rows.map(toCellFacts), rules: policy && { revision, json: policy } };
  }

  /**
   * The overrides that each of some starts may use, in the order in which they are tried: what is open now and, where a
   * start is judged at another moment, at that one too.
   */
  async readOverrides(
    accountId: string,
    starts: readonly { productId: string; environmentId: string; version: string; at: Date | null }[],
  ): Promise<OverrideGrant[][]> {
    const rows = await this.database.query<{ grants: Readonly<Record<string, unknown>>[] | null }>(readOpenOverrides, [
      accountId,
      starts.map(({ productId }) => productId),
      starts.map(({ environmentId }) => environmentId),
      starts.map(({ version }) => version),
      this.clock.frozen(),
      starts.map(({ at }) => at),
    ]);
    return rows.map(({ grants }) => (grants ?? []).map(toGrant));
  }

  /**
   * Writes the plans whose facts still stand, all in one transaction; answers the positions of those that were written:
   * none where something that one of them refers to has been erased meanwhile.
   */
  async write(accountId: string, writes: readonly PlannedWrite[]): Promise<ReadonlySet<number>> {
    const restores = writes.some(({ plan }) => plan.restores.length > 0);
    const statement = restores ? writeEventPlansThatRestore : writeEventPlans;
    const written = this.database.query<{ i: number }>(statement, [
      accountId,
      JSON.stringify(writes.map(({ plan }, i) => planRow(plan, i))),
      JSON.stringify(
        writes.flatMap(({ plan }, i) => plan.deployments.map((deployment) => ({ i, ...toColumns(deployment) }))),
      ),
      JSON.stringify(writes.flatMap((write, i) => checkRows(write, i))),
      JSON.stringify(writes.flatMap((write, i) => eventRows(write, i))),
      JSON.stringify(writes.flatMap(({ plan, actor }, i) => batchAuditRows(i, actor, plan.audits))),
      JSON.stringify(writes.flatMap(({ actor, answer }, i) => batchAnswerRows(i, actor, answer))),
      JSON.stringify(writes.flatMap(({ plan }, i) => violationRows(plan, i))),
      createdValue(writes.map(({ plan, actor }) => ({ created: newThings(plan), actor }))),
      ...(restores ? restoreValues(writes) : []),
    ]);
    const rows = await written.catch((error: unknown) => {
      if (isForeignKeyViolation(error)) return [];
      throw error;
    });
    return new Set(rows.map(({ i }) => i));
  }
}

/** What comes into being with a plan. */
function newThings({ productId, environmentId, versionId, newNames }: EventPlan): NewThing[] {
  const { product, environment, version } = newNames;
  return [
    ...(product === null ? [] : [{ kind: 'product' as const, id: productId, after: { name: product.name } }]),
    ...(environment === null
      ? []
      : [
          {
            kind: 'environment' as const,
            id: environmentId,
            after: { name: environment.name, type: environment.type, position: environment.position },
          },
        ]),
    ...(version === null
      ? []
      : [{ kind: 'version' as const, id: versionId, after: { product_id: productId, version } }]),
  ];
}

function asksForPolicyFacts({ here, elsewhere, lastCompletion, durations, approvals }: FactNeeds): boolean {
  return here || elsewhere.length > 0 || lastCompletion || durations || approvals;
}

function toGrant(grant: Readonly<Record<string, unknown>>): OverrideGrant {
  return {
    id: grant['id'] as string,
    includesConcurrency: grant['include_concurrency'] as boolean,
    by: { kind: 'user', id: grant['created_by'] as string, name: grant['created_by_name'] as string },
    reason: grant['reason'] as string,
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
    restores_environment: plan.restores.some(({ kind }) => kind === 'environment'),
    version_revision: plan.versionRevision,
    watched:
      plan.watched.length === 0
        ? null
        : plan.watched.map(({ environmentId, revision }) => ({ environment_id: environmentId, revision })),
    override_id: plan.overrideId,
    override_check_id: plan.overrideId === null ? null : plan.checks[0]!.id,
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

function violationRows(plan: EventPlan, i: number): Record<string, unknown>[] {
  return plan.checks.flatMap((check) =>
    check.ruleViolations.map(({ id, n, ruleId, code }) => ({
      i,
      id,
      preflight_check_id: check.id,
      n,
      rule_id: ruleId,
      code,
    })),
  );
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
