import type { PlannedAudit } from '../audit/batch-audit.js';
import { planRestores } from '../catalog/restore-archived.sql.js';
import { needsOf, spansProducts } from '../preflight/rule.js';
import { blockCodes } from '../preflight/verdict.js';
import { toRuleEvaluatedDto, toViolationDto } from '../preflight/verdict.mapper.js';
import type { Deployment } from './deployment.js';
import type { EventPlan, NewNames, PlannedCheck, PlannedEvent } from './event-plan.js';
import type { Case, Judgement } from './judge-event.js';
import { isTerminal } from './normalize-status.js';
import { endedDeployment } from './plan-end.js';

/** The ids that an event's names stand for; those of new names are made by the service beforehand. */
export interface CellNames {
  readonly productId: string;
  readonly productName: string;
  readonly environmentId: string;
  readonly environmentName: string;
  readonly versionId: string;
  readonly newNames: NewNames;
}

/** One event, all that is known about it, and where ids come from. */
export interface Planning extends Case {
  readonly names: CellNames;
  readonly newId: () => string;
}

/** A judgement, and what became of the attempt. */
export interface Judged {
  readonly judgement: Judgement;
  readonly outcome: PlannedCheck['outcome'];
}

/** What an event records that is no refusal: a deployment as it is afterwards. */
export function planRecorded(
  planning: Planning,
  before: Deployment | null,
  after: Deployment,
  judged: Judged | null,
): EventPlan {
  const base = basePlan(planning);
  const checks = judged === null ? [] : [planCheck(planning, judged, after.id, after, before === null)];
  return {
    ...base,
    current: currentAfter(base.current, after),
    deployments: [after],
    checks,
    events: [planEvent(planning, `deployment.${planning.event.status}`, after.id, checks[0]?.id ?? null)],
    audits: [auditOf(planning, `deployment.${planning.event.status}`, before, after)],
  };
}

/**
 * What a start that may go adds: the gates of everything that its verdict depends on, and where it needed an override,
 * its use.
 */
export function planStart(planning: Planning, plan: EventPlan, { override, verdict }: Judgement): EventPlan {
  const { facts, rules, newId } = planning;
  const needs = needsOf(rules);
  const gated: EventPlan = {
    ...plan,
    policyRevision: facts.policyRevision,
    spansProducts: spansProducts(rules),
    startRevision: spansProducts(rules) ? (facts.environment?.startRevision ?? null) : null,
    versionRevision: needs.approvals ? (facts.version?.revision ?? null) : null,
    watched: facts.policy.places.flatMap(({ key, environmentId, revision }) =>
      key === '' || environmentId === null || revision === null ? [] : [{ environmentId, revision }],
    ),
    overrideId: override?.id ?? null,
  };
  if (override === null) return gated;

  const check = gated.checks[0]!;
  const violations = verdict.violations.filter(({ status }) => status === 'enabled').map(({ code }) => code);
  const told = { override_id: override.id, overridden_by: override.by, reason: override.reason, violations };
  return {
    ...gated,
    events: [
      ...gated.events,
      { ...planEvent(planning, 'preflight.overridden', check.deploymentId, check.id), byClient: false, payload: told },
    ],
    audits: [
      ...gated.audits,
      {
        id: newId(),
        action: 'preflight.overridden',
        resourceType: 'preflight_check',
        resourceId: check.id,
        before: null,
        after: told,
      },
    ],
  };
}

/** A refusal: the attempt is recorded, and no deployment. */
export function planRefusal(planning: Planning, judgement: Judgement, attempt: Deployment): EventPlan {
  const { event, facts, newId } = planning;
  const check = planCheck(planning, { judgement, outcome: 'blocked' }, null, attempt, false);
  return {
    ...basePlan(planning),
    gated: facts.revision === 0,
    checks: [check],
    events: [planEvent(planning, 'deployment.preflight_failed', null, check.id)],
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
}

/** What a pipeline reports after it was refused: it belongs to the attempt, and counts for nothing. */
export function planReport(planning: Planning, checkId: string): EventPlan {
  const { event, newId } = planning;
  return {
    ...basePlan(planning),
    events: [planEvent(planning, `deployment.${event.status}`, null, checkId)],
    audits: [
      {
        id: newId(),
        action: 'preflight_check.reported',
        resourceType: 'preflight_check',
        resourceId: checkId,
        before: null,
        after: { status: event.status },
      },
    ],
  };
}

/** Ends the deployment whose place the started one takes. */
export function planSuperseding(planning: Planning, plan: EventPlan, superseded: Deployment): EventPlan {
  const aborted = endedDeployment(superseded, 'superseded', planning.facts.now);
  const event: PlannedEvent = {
    ...planEvent(planning, 'deployment.superseded', superseded.id, null),
    status: 'aborted',
    byClient: false,
    payload: { reason: 'superseded', superseded_by: plan.deployments[0]!.id },
  };
  return {
    ...plan,
    deployments: [...plan.deployments, aborted],
    events: [event, ...plan.events],
    audits: [auditOf(planning, 'deployment.superseded', superseded, aborted), ...plan.audits],
  };
}

/** The environment's state follows the latest effective completion. */
function currentAfter(current: EventPlan['current'], { id, effectiveCompletedAt }: Deployment): EventPlan['current'] {
  if (effectiveCompletedAt === null || (current !== null && effectiveCompletedAt < current.deployedAt)) return current;
  return { deploymentId: id, deployedAt: effectiveCompletedAt };
}

function basePlan({ facts, names: { productId, environmentId, versionId, newNames }, newId }: Planning): EventPlan {
  return {
    now: facts.now,
    productId,
    environmentId,
    versionId,
    newNames,
    restores: planRestores(facts, newId),
    gated: true,
    revision: facts.revision,
    policyRevision: null,
    spansProducts: false,
    startRevision: null,
    versionRevision: null,
    watched: [],
    overrideId: null,
    current: facts.current,
    deployments: [],
    checks: [],
    events: [],
    audits: [],
  };
}

function planCheck(
  { newId, facts }: Planning,
  { judgement: { verdict, override, facts: decidedBy }, outcome }: Judged,
  deploymentId: string | null,
  attempt: Deployment,
  opened: boolean,
): PlannedCheck {
  const { blocking, violations, rulesEvaluated } = verdict;
  return {
    id: newId(),
    deploymentId,
    outcome,
    statusCode: blocking === null ? (opened ? 201 : 200) : blockCodes[blocking.code],
    code: blocking?.code ?? null,
    message: blocking?.message ?? null,
    retryAfter: blocking?.retryAfter ?? null,
    violations: violations.map((violation) => toViolationDto(violation, override)),
    ruleViolations: violations.map(({ ruleId, code }, n) => ({ id: newId(), n, ruleId, code })),
    rulesEvaluated: rulesEvaluated.map(toRuleEvaluatedDto),
    facts: decidedBy,
    policyRevision: facts.policyRevision,
    attempt,
  };
}

function planEvent(
  { event, names, newId }: Planning,
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

function auditOf({ newId }: Planning, action: string, before: Deployment | null, after: Deployment): PlannedAudit {
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
