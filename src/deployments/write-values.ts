import { batchAuditRows } from '../audit/batch-audit.js';
import type { Actor } from '../auth/actor.js';
import { createdValue, type NewThing } from '../catalog/audit-created.sql.js';
import { restoreValues } from '../catalog/restore-archived.sql.js';
import { batchAnswerRows } from '../common/http/keep-batch-answers.js';
import { toColumns } from './deployment.columns.js';
import type { EventAnswer } from './event-answer.js';
import type { EventPlan } from './event-plan.js';
import type { WriteParts, WriteValue } from './write-event-plans.sql.js';

/** A plan, who caused it, and the answer to keep under an idempotency key. Null: the service itself. */
export interface PlannedWrite {
  readonly plan: EventPlan;
  readonly actor: Actor | null;
  readonly answer: EventAnswer | null;
}

/** What a batch of plans needs of the statement that writes it. */
export function writePartsFor(writes: readonly PlannedWrite[]): WriteParts {
  const some = (needs: (plan: EventPlan) => boolean) => writes.some(({ plan }) => needs(plan));
  return {
    starts: some(({ newNames, checks }) => newNames.version !== null || checks.length > 0),
    rules: some(
      (plan) =>
        !plan.gated ||
        plan.versionRevision !== null ||
        plan.watched.length > 0 ||
        plan.checks.some(({ ruleViolations }) => ruleViolations.length > 0),
    ),
    answers: writes.some(({ actor, answer }) => actor?.idempotency != null && answer !== null),
    everything: some(
      ({ newNames: { product, environment }, startRevision, overrideId }) =>
        product !== null || environment !== null || startRevision !== null || overrideId !== null,
    ),
    restores: some(({ restores }) => restores.length > 0),
  };
}

/** The values of `writeEventPlans`; only those that its parts ask for are made. */
export function writeValues(writes: readonly PlannedWrite[]): Readonly<Record<WriteValue, () => string>> {
  const rows = (of: (write: PlannedWrite, i: number) => readonly unknown[]) => () => JSON.stringify(writes.flatMap(of));
  const restored = () => restoreValues(writes);
  return {
    plans: () => JSON.stringify(writes.map(({ plan }, i) => planRow(plan, i))),
    deployments: rows(({ plan }, i) => plan.deployments.map((deployment) => ({ i, ...toColumns(deployment) }))),
    checks: rows(checkRows),
    events: rows(eventRows),
    audits: rows(({ plan, actor }, i) => batchAuditRows(i, actor, plan.audits)),
    answers: rows(({ actor, answer }, i) => batchAnswerRows(i, actor, answer)),
    violations: rows(({ plan }, i) => violationRows(plan, i)),
    created: () => createdValue(writes.map(({ plan, actor }) => ({ created: newThings(plan), actor }))),
    restores: () => restored()[0],
    restoreAudits: () => restored()[1],
  };
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
    policy_revision: plan.policyRevision ?? undefined,
    start_revision: plan.startRevision ?? undefined,
    restores_environment: plan.restores.some(({ kind }) => kind === 'environment') || undefined,
    version_revision: plan.versionRevision ?? undefined,
    watched:
      plan.watched.length === 0
        ? undefined
        : plan.watched.map(({ environmentId, revision }) => ({ environment_id: environmentId, revision })),
    override_id: plan.overrideId ?? undefined,
    override_check_id: plan.overrideId === null ? undefined : plan.checks[0]!.id,
    deployment_id: plan.current?.deploymentId,
    deployed_at: plan.current?.deployedAt,
    new_product_key: product?.key,
    new_product_name: product?.name,
    new_environment_key: environment?.key,
    new_environment_name: environment?.name,
    new_environment_type: environment?.type,
    new_environment_position: environment?.position,
    new_version: version ?? undefined,
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
