import type { PlannedAudit } from '../audit/batch-audit.js';
import type { Rule } from '../preflight/rule.js';
import { spansProducts } from '../preflight/rule.js';
import type { Verdict } from '../preflight/verdict.js';
import type { CellFacts, RecordedCheck } from './cell-facts.js';
import type { Deployment } from './deployment.js';
import { endedDeployment } from './plan-end.js';
import type { DeploymentEvent } from './deployment-event.js';
import type { EventPlan, NewNames, PlannedCheck, PlannedEvent } from './event-plan.js';
import { foldEvent, openDeployment } from './fold-event.js';
import { judge, type Judgement, withPreflightStatus, withWarnings } from './judge-event.js';
import { isRepeat } from './is-repeat.js';
import { matchEvent } from './match-event.js';
import { isTerminal } from './normalize-status.js';

/** The ids that an event's names stand for; those of new names are made by the service beforehand. */
export interface CellNames {
  readonly productId: string;
  readonly productName: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly versionId: string;
  readonly newNames: NewNames;
}

/** What a client is told: a deployment, an attempt that was blocked before, or that this one is blocked. */
export type Outcome =
  | { readonly kind: 'deployment'; readonly opened: boolean; readonly deployment: Deployment }
  | { readonly kind: 'attempt'; readonly check: RecordedCheck; readonly deployment: Deployment }
  | { readonly kind: 'blocked'; readonly verdict: Verdict; readonly checkId: string };

export interface Decision {
  readonly outcome: Outcome;
  /** Null where nothing is to be recorded: a repeat. */
  readonly plan: EventPlan | null;
}

interface Context {
  readonly event: DeploymentEvent;
  readonly facts: CellFacts;
  readonly names: CellNames;
  readonly rules: readonly Rule[];
  readonly holdsSkipScope: boolean;
  readonly newId: () => string;
}

/**
 * What becomes of one event, given all that is known at its instant: a pure function, so that every rule of the
 * lifecycle is a row in a table. Source: the product description, "Life of a deployment".
 */
export function decideEvent(context: Context): Decision {
  const { event, facts } = context;
  const match = matchEvent(event, facts);
  if (isRepeat(event, facts, match)) return { outcome: repeated(event, facts.repeatOf!), plan: null };

  if (event.status === 'pending') return recordPending(context, match);
  if (event.status === 'started') return start(context, match);
  return end(context, match);
}

function repeated(
  event: DeploymentEvent,
  { deployment, check, receivedAt }: NonNullable<CellFacts['repeatOf']>,
): Outcome {
  if (deployment !== null) return { kind: 'deployment', opened: false, deployment };
  return { kind: 'attempt', check: check!, deployment: foldEvent(check!.attempt, event, receivedAt) };
}

function recordPending(context: Context, match: Deployment | null): Decision {
  const deployment = fold(context, match);
  return recorded(context, match, deployment, null, {});
}

function start(context: Context, match: Deployment | null): Decision {
  const judgement = judge(context, match);
  if (judgement.verdict.blocking !== null) return blocked(context, judgement);

  // A start of what is already in progress, and no repeat, is a new attempt that takes the place of the old one.
  const superseded = match?.status === 'started' ? match : null;
  const deployment = withPreflightStatus(fold(context, superseded === null ? match : null), 'passed', judgement);
  const gates = {
    policyRevision: context.facts.policyRevision,
    startRevision: spansProducts(context.rules) ? (context.facts.environment?.startRevision ?? null) : null,
  };
  const decision = recorded(
    context,
    superseded === null ? match : null,
    deployment,
    { judgement, outcome: 'passed' },
    gates,
  );
  return superseded === null ? decision : { ...decision, plan: supersede(context, decision.plan!, superseded) };
}

function end(context: Context, match: Deployment | null): Decision {
  const { facts, event } = context;
  if (match === null && event.status !== 'completed' && facts.lastCheck?.outcome === 'blocked') {
    return reportAfterBlock(context, facts.lastCheck);
  }
  const folded = fold(context, match);
  if (match !== null && match.startReceivedAt !== null) {
    return recorded(context, match, withWarnings(folded, context), null, {});
  }

  // An end without a start has already happened: it is recorded, and what the checks find with it.
  const judgement = judge(context, match);
  const refused = event.status === 'completed' && facts.enforceOnCompleted && judgement.verdict.blocking !== null;
  const outcome = refused ? 'failed' : 'skipped';
  const deployment = withPreflightStatus(folded, outcome, judgement);
  const decision = recorded(context, match, deployment, { judgement, outcome }, {});
  if (!refused) return decision;
  return {
    ...decision,
    outcome: { kind: 'blocked', verdict: judgement.verdict, checkId: decision.plan!.checks[0]!.id },
  };
}

function blocked(context: Context, judgement: Judgement): Decision {
  const { event, facts, names, newId } = context;
  const attempt = openDeployment({ ...idsOf(names), id: newId() }, { ...event, status: 'pending' }, facts.now);
  const check = planCheck(context, judgement, 'blocked', null, attempt);
  const plan: EventPlan = {
    ...basePlan(context),
    gated: facts.revision === 0,
    checks: [check],
    events: [planEvent(context, 'deployment.preflight_failed', null, check.id)],
    audits: [
      {
        id: newId(),
        action: 'deployment.preflight_failed',
        resourceType: 'preflight_check',
        resourceId: check.id,
        before: null,
        after: { code: check.code, message: check.message, version: event.version },
      },
    ],
  };
  return { outcome: { kind: 'blocked', verdict: judgement.verdict, checkId: check.id }, plan };
}

/** Pipelines report `failed` or `skipped` right after they were blocked: that belongs to the attempt, and counts for nothing. */
function reportAfterBlock(context: Context, check: RecordedCheck): Decision {
  const { event, facts, newId } = context;
  const plan: EventPlan = {
    ...basePlan(context),
    events: [planEvent(context, `deployment.${event.status}`, null, check.id)],
    audits: [
      {
        id: newId(),
        action: 'preflight_check.reported',
        resourceType: 'preflight_check',
        resourceId: check.id,
        before: null,
        after: { status: event.status },
      },
    ],
  };
  const deployment = foldEvent(check.attempt, event, facts.now);
  return { outcome: { kind: 'attempt', check, deployment }, plan };
}

function fold({ event, facts, names, newId }: Context, match: Deployment | null): Deployment {
  if (match !== null) return foldEvent(match, event, facts.now);
  return openDeployment({ ...idsOf(names), id: newId() }, event, facts.now);
}

function recorded(
  context: Context,
  before: Deployment | null,
  after: Deployment,
  check: { judgement: Judgement; outcome: 'passed' | 'skipped' | 'failed' } | null,
  gates: Partial<Pick<EventPlan, 'policyRevision' | 'startRevision'>>,
): Decision {
  const base = basePlan(context);
  const checks = check === null ? [] : [planCheck(context, check.judgement, check.outcome, after.id, after)];
  const plan: EventPlan = {
    ...base,
    ...gates,
    current: currentAfter(base.current, after),
    deployments: [after],
    checks,
    events: [planEvent(context, `deployment.${context.event.status}`, after.id, checks[0]?.id ?? null)],
    audits: [auditOf(context, `deployment.${context.event.status}`, before, after)],
  };
  return { outcome: { kind: 'deployment', opened: before === null, deployment: after }, plan };
}

/** The environment's state follows the latest effective completion. */
function currentAfter(current: EventPlan['current'], { id, effectiveCompletedAt }: Deployment): EventPlan['current'] {
  if (effectiveCompletedAt === null || (current !== null && effectiveCompletedAt < current.deployedAt)) return current;
  return { deploymentId: id, deployedAt: effectiveCompletedAt };
}

function supersede(context: Context, plan: EventPlan, superseded: Deployment): EventPlan {
  const { now } = context.facts;
  const aborted = endedDeployment(superseded, 'superseded', now);
  const event: PlannedEvent = {
    ...planEvent(context, 'deployment.superseded', superseded.id, null),
    status: 'aborted',
    byClient: false,
    payload: { reason: 'superseded', superseded_by: plan.deployments[0]!.id },
  };
  return {
    ...plan,
    deployments: [...plan.deployments, aborted],
    events: [event, ...plan.events],
    audits: [auditOf(context, 'deployment.superseded', superseded, aborted), ...plan.audits],
  };
}

function basePlan({ facts, names }: Context): EventPlan {
  return {
    now: facts.now,
    ...idsOf(names),
    newNames: names.newNames,
    gated: true,
    revision: facts.revision,
    policyRevision: null,
    startRevision: null,
    current: facts.current,
    deployments: [],
    checks: [],
    events: [],
    audits: [],
  };
}

function idsOf({
  productId,
  environmentId,
  versionId,
}: CellNames): Pick<CellNames, 'productId' | 'environmentId' | 'versionId'> {
  return { productId, environmentId, versionId };
}

function planCheck(
  { newId, facts }: Context,
  { verdict, record }: Judgement,
  outcome: PlannedCheck['outcome'],
  deploymentId: string | null,
  attempt: Deployment,
): PlannedCheck {
  return {
    id: newId(),
    deploymentId,
    outcome,
    ...record,
    retryAfter: verdict.blocking?.retryAfter ?? null,
    policyRevision: facts.policyRevision,
    attempt,
  };
}

function planEvent(
  { event, names, newId }: Context,
  type: string,
  deploymentId: string | null,
  preflightCheckId: string | null,
): PlannedEvent {
  return {
    id: newId(),
    deploymentId,
    preflightCheckId,
    versionId: names.versionId,
    type,
    status: event.status,
    invokeId: event.invokeId,
    runAttempt: event.runAttempt,
    byClient: true,
    payload: event.payload,
  };
}

function auditOf({ newId }: Context, action: string, before: Deployment | null, after: Deployment): PlannedAudit {
  return {
    id: newId(),
    action,
    resourceType: 'deployment',
    resourceId: after.id,
    before: before && auditedOf(before),
    after: auditedOf(after),
  };
}

function auditedOf({ status, endReason, preflightStatus, completedAt }: Deployment): Record<string, unknown> {
  const ended = isTerminal(status)
    ? { completed_at: completedAt, ...(endReason === null ? {} : { reason: endReason }) }
    : {};
  return { status, ...(preflightStatus === null ? {} : { preflight_status: preflightStatus }), ...ended };
}
