import type { OverrideGrant } from '../preflight/apply-overrides.js';
import type { Verdict } from '../preflight/verdict.js';
import type { CellFacts, RecordedCheck } from './cell-facts.js';
import type { Deployment } from './deployment.js';
import type { DeploymentEvent } from './deployment-event.js';
import type { EventPlan } from './event-plan.js';
import { foldEvent, openDeployment } from './fold-event.js';
import { isRepeat } from './is-repeat.js';
import { judgeEnd, type Judgement, judgeStart, withPreflightStatus, withWarnings } from './judge-event.js';
import { matchEvent } from './match-event.js';
import {
  type Judged,
  type Planning,
  planRecorded,
  planRefusal,
  planReport,
  planStart,
  planSuperseding,
} from './plan-event.js';

/** What a client is told: a deployment, an attempt that was blocked before, or that this one is blocked. */
export type Outcome =
  | { readonly kind: 'deployment'; readonly opened: boolean; readonly deployment: Deployment }
  | { readonly kind: 'attempt'; readonly check: RecordedCheck; readonly deployment: Deployment }
  | { readonly kind: 'blocked'; readonly verdict: Verdict; readonly checkId: string };

export interface Decision {
  readonly outcome: Outcome;
  /** Null where nothing is to be recorded: a repeat. */
  readonly plan: EventPlan | null;
  /** What the checks said; null where they were not asked. */
  readonly judgement: Judgement | null;
}

export interface Context extends Planning {
  /** The overrides that a start may use, in the order in which they are tried. */
  readonly grants: readonly OverrideGrant[];
}

/**
 * What becomes of one event, given all that is known at its instant: a pure function, so that every rule of the
 * lifecycle is a row in a table. Source: the product description, "Life of a deployment".
 */
export function decideEvent(context: Context): Decision {
  const { event, facts } = context;
  const match = matchEvent(event, facts);
  if (isRepeat(event, facts, match)) return { outcome: repeated(event, facts.repeatOf!), plan: null, judgement: null };

  if (event.status === 'pending') return recorded(context, match, fold(context, match), null);
  if (event.status === 'started') return start(context, match);
  return end(context, match);
}

/** Whether the checks are asked about an event: at a start, and at an end without one. */
export function asksChecks(event: DeploymentEvent, facts: CellFacts): boolean {
  if (event.status === 'pending') return false;
  const match = matchEvent(event, facts);
  if (isRepeat(event, facts, match)) return false;
  if (event.status === 'started') return true;
  return match?.startReceivedAt == null && !belongsToAttempt(event, facts, match);
}

function repeated(
  event: DeploymentEvent,
  { deployment, check, receivedAt }: NonNullable<CellFacts['repeatOf']>,
): Outcome {
  if (deployment !== null) return { kind: 'deployment', opened: false, deployment };
  return { kind: 'attempt', check: check!, deployment: foldEvent(check!.attempt, event, receivedAt) };
}

function start(context: Context, match: Deployment | null): Decision {
  const judgement = judgeStart(context, match, context.grants);
  if (judgement.verdict.blocking !== null) return blocked(context, judgement);

  // A start of what is already in progress, and no repeat, is a new attempt that takes the place of the old one.
  const superseded = match?.status === 'started' ? match : null;
  const before = superseded === null ? match : null;
  const outcome = judgement.override === null ? 'passed' : 'overridden';
  const deployment = withPreflightStatus(fold(context, before), outcome, judgement);
  const decision = recorded(context, before, deployment, { judgement, outcome });
  const plan = planStart(context, decision.plan!, judgement);
  return { ...decision, plan: superseded === null ? plan : planSuperseding(context, plan, superseded) };
}

function end(context: Context, match: Deployment | null): Decision {
  const { facts, event } = context;
  if (belongsToAttempt(event, facts, match)) return reportAfterBlock(context, facts.lastCheck!);

  const folded = fold(context, match);
  if (match !== null && match.startReceivedAt !== null) {
    return recorded(context, match, withWarnings(folded, context), null);
  }

  // An end without a start has already happened: it is recorded, and what the checks find with it.
  const judgement = judgeEnd(context, match);
  const refused = event.status === 'completed' && facts.enforceOnCompleted && judgement.verdict.blocking !== null;
  const outcome = refused ? 'failed' : 'skipped';
  const decision = recorded(context, match, withPreflightStatus(folded, outcome, judgement), { judgement, outcome });
  if (!refused) return decision;
  const checkId = decision.plan!.checks[0]!.id;
  return { ...decision, outcome: { kind: 'blocked', verdict: judgement.verdict, checkId } };
}

function blocked(context: Context, judgement: Judgement): Decision {
  const { event, facts, newId } = context;
  const attempt = openDeployment({ ...idsOf(context), id: newId() }, { ...event, status: 'pending' }, facts.now);
  const plan = planRefusal(context, judgement, attempt);
  return {
    outcome: { kind: 'blocked', verdict: judgement.verdict, checkId: plan.checks[0]!.id },
    plan,
    judgement,
  };
}

/** Pipelines report `failed` or `skipped` right after they were blocked: that belongs to the attempt, and counts for nothing. */
function belongsToAttempt(event: DeploymentEvent, facts: CellFacts, match: Deployment | null): boolean {
  return match === null && event.status !== 'completed' && facts.lastCheck?.outcome === 'blocked';
}

function reportAfterBlock(context: Context, check: RecordedCheck): Decision {
  const deployment = foldEvent(check.attempt, context.event, context.facts.now);
  return { outcome: { kind: 'attempt', check, deployment }, plan: planReport(context, check.id), judgement: null };
}

function fold(context: Context, match: Deployment | null): Deployment {
  const { event, facts, newId } = context;
  if (match !== null) return foldEvent(match, event, facts.now);
  return openDeployment({ ...idsOf(context), id: newId() }, event, facts.now);
}

function idsOf({ names: { productId, environmentId, versionId } }: Context) {
  return { productId, environmentId, versionId };
}

function recorded(context: Context, before: Deployment | null, after: Deployment, judged: Judged | null): Decision {
  return {
    outcome: { kind: 'deployment', opened: before === null, deployment: after },
    plan: planRecorded(context, before, after, judged),
    judgement: judged?.judgement ?? null,
  };
}
