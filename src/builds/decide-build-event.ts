import type { PlannedAudit } from '../audit/batch-audit.js';
import { planRestores } from '../catalog/restore-archived.sql.js';
import { sameSha } from '../catalog/same-sha.js';
import { isTerminal } from '../deployments/normalize-status.js';
import type { Build } from './build.js';
import type { BuildEvent } from './build-event.js';
import type { BuildEventPlan, PlannedBuildEvent } from './build-event-plan.js';
import { foldBuildEvent, isLate, openBuild } from './fold-build-event.js';
import { matchBuildEvent } from './match-build-event.js';
import { type Contradiction, isContradiction, settleVersionSource, unknownSource } from './settle-version-source.js';
import type { VersionFacts, VersionSource } from './version-facts.js';

/** The ids that an event's names stand for; those of new names are made by the service beforehand. */
export interface BuildNames {
  readonly productId: string;
  readonly productName: string;
  readonly versionId: string;
  readonly newProduct: BuildEventPlan['newProduct'];
}

/** What a client is told: a build, or that its version was built from another commit. */
export type BuildOutcome =
  | { readonly kind: 'build'; readonly opened: boolean; readonly build: Build }
  | ({ readonly kind: 'immutable' } & Contradiction);

export interface BuildDecision {
  readonly outcome: BuildOutcome;
  /** Null where nothing is to be recorded: a repeat. */
  readonly plan: BuildEventPlan | null;
}

interface Context {
  readonly event: BuildEvent;
  readonly facts: VersionFacts;
  readonly names: BuildNames;
  readonly newId: () => string;
}

/**
 * What becomes of one build event, given all that is known at its instant: a pure function, so that every rule is a
 * row in a table. Source: the product description, "SHAs" and "Life of a deployment", which builds share as far as
 * they have no environment, no checks and never go stale.
 */
export function decideBuildEvent(context: Context): BuildDecision {
  const { event, facts, names, newId } = context;
  if (facts.repeatOf !== null && !isOfAnotherCommit(event, facts)) {
    return { outcome: { kind: 'build', opened: false, build: facts.repeatOf }, plan: null };
  }

  const match = matchBuildEvent(event, facts);
  // A start of what is already in progress, and no repeat, is a new attempt that takes the place of the old one.
  const superseded = event.status === 'started' && match?.status === 'started' ? match : null;
  const before = superseded === null ? match : null;
  const build =
    before === null
      ? openBuild({ id: newId(), productId: names.productId, versionId: names.versionId }, event, facts.now)
      : foldBuildEvent(before, event, facts.now);

  const late = isLate(before, event);
  const settled = settleVersionSource(facts.version ?? unknownSource, { event, build, late, now: facts.now });
  if (isContradiction(settled)) return refused(context, settled);
  const decision = recorded(context, before, build, settled);
  return superseded === null ? decision : { ...decision, plan: supersede(context, decision.plan!, superseded) };
}

/** A retry says what was said before: what names another commit is none, and must not be taken for one. */
function isOfAnotherCommit({ scmSha }: BuildEvent, { repeatedSha }: VersionFacts): boolean {
  return scmSha !== null && repeatedSha !== null && !sameSha(scmSha, repeatedSha);
}

function recorded(context: Context, before: Build | null, after: Build, source: VersionSource): BuildDecision {
  const { event, facts } = context;
  const plan: BuildEventPlan = {
    ...basePlan(context, source, facts.now),
    restores: planRestores(facts, context.newId),
    builds: [after],
    events: [planEvent(context, after.id)],
    audits: [auditOf(context, `build.${event.status}`, before, after)],
  };
  return { outcome: { kind: 'build', opened: before === null, build: after }, plan };
}

/** Changes nothing, but is known ever after. */
function refused(context: Context, contradiction: Contradiction): BuildDecision {
  const { event, facts, names, newId } = context;
  const { existingSha, submittedSha } = contradiction;
  const plan: BuildEventPlan = {
    ...basePlan(context, facts.version!, facts.version!.updatedAt),
    audits: [
      {
        id: newId(),
        action: 'build.refused',
        resourceType: 'version',
        resourceId: names.versionId,
        before: null,
        after: {
          code: 'VERSION_IMMUTABLE',
          version: event.version,
          status: event.status,
          existing_sha: existingSha,
          submitted_sha: submittedSha,
          invoke_id: event.invokeId,
          build_number: event.buildNumber,
        },
      },
    ],
  };
  return { outcome: { kind: 'immutable', ...contradiction }, plan };
}

function supersede(context: Context, plan: BuildEventPlan, superseded: Build): BuildEventPlan {
  const { now } = context.facts;
  const aborted: Build = {
    ...superseded,
    status: 'aborted',
    completedAt: now,
    errorCode: 'superseded',
    errorMessage: 'A new attempt of the same run took its place',
    updatedAt: now,
  };
  const event: PlannedBuildEvent = {
    id: context.newId(),
    buildId: superseded.id,
    status: 'aborted',
    invokeId: null,
    buildNumber: null,
    runAttempt: null,
    byClient: false,
    payload: { reason: 'superseded', superseded_by: plan.builds[0]!.id },
  };
  return {
    ...plan,
    builds: [...plan.builds, aborted],
    events: [event, ...plan.events],
    audits: [auditOf(context, 'build.superseded', superseded, aborted), ...plan.audits],
  };
}

function basePlan({ event, facts, names }: Context, source: VersionSource, updatedAt: Date): BuildEventPlan {
  const { scmSha, shaFixedAt, scmBranch, scmRepository } = source;
  return {
    now: facts.now,
    productId: names.productId,
    newProduct: names.newProduct,
    restores: [],
    version: {
      id: names.versionId,
      isNew: facts.version === null,
      version: event.version,
      revision: facts.version?.revision ?? 0,
      isOtherCommit: isOtherCommit(facts.version?.scmSha ?? null, scmSha),
      scmSha,
      shaFixedAt,
      scmBranch,
      scmRepository,
      updatedAt,
    },
    builds: [],
    events: [],
    audits: [],
  };
}

function isOtherCommit(before: string | null, after: string | null): boolean {
  return after !== null && (before === null || !sameSha(before, after));
}

function planEvent({ event, newId }: Context, buildId: string): PlannedBuildEvent {
  const { status, invokeId, buildNumber, runAttempt, payload } = event;
  return { id: newId(), buildId, status, invokeId, buildNumber, runAttempt, byClient: true, payload };
}

function auditOf({ newId }: Context, action: string, before: Build | null, after: Build): PlannedAudit {
  return {
    id: newId(),
    action,
    resourceType: 'build',
    resourceId: after.id,
    before: before && auditedOf(before),
    after: auditedOf(after),
  };
}

function auditedOf({ status, scmSha, completedAt, errorCode }: Build): Record<string, unknown> {
  return {
    status,
    scm_sha: scmSha,
    ...(isTerminal(status) ? { completed_at: completedAt } : {}),
    ...(errorCode === null ? {} : { error_code: errorCode }),
  };
}
