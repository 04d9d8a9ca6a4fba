import { sameSha } from '../catalog/same-sha.js';
import { UnavailableError } from '../common/errors/request.errors.js';
import { applyOverrides, type OverrideGrant, type Ruling } from '../preflight/apply-overrides.js';
import type { Attempt, Holder, PreflightFacts } from '../preflight/checks/check.js';
import { evaluate, evaluateOrWarn } from '../preflight/evaluate.js';
import { toFactsRecord } from '../preflight/facts.record.js';
import type { Rule, UnreadableRule } from '../preflight/rule.js';
import { toPreflightFacts } from '../preflight/to-preflight-facts.js';
import { toPreflightStatus } from '../preflight/verdict.mapper.js';
import type { CellFacts } from './cell-facts.js';
import type { Deployment, PreflightStatus } from './deployment.js';
import type { DeploymentEvent } from './deployment-event.js';
import { isStale, staleAt, type StalenessLimits } from './is-stale.js';

/** What was decided of an attempt, from what, and what the client should be warned of. */
export interface Judgement extends Ruling {
  readonly warnings: readonly string[];
  /** What decided it, for the record. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One attempt, and all that its verdict depends on. */
export interface Case {
  readonly event: DeploymentEvent;
  readonly facts: CellFacts;
  readonly names: {
    readonly productName: string;
    readonly environmentId: string;
    readonly environmentName: string;
  };
  readonly rules: readonly (Rule | UnreadableRule)[];
  readonly holdsSkipScope: boolean;
  /** Whose personal token sends the event; null for API keys and service accounts. */
  readonly personId: string | null;
}

/**
 * Runs the pre-flight checks for one start, with the slot of the deployment that it would replace set aside.
 * @param grants the overrides that it may use
 * @throws UnavailableError where a rule cannot be evaluated: what cannot be judged is not let through
 */
export function judgeStart(one: Case, replaces: Deployment | null, grants: readonly OverrideGrant[]): Judgement {
  const [attempt, known] = [attemptOf(one), preflightFactsOf(one, replaces)];
  try {
    const verdict = evaluate(one.rules, attempt, known);
    // Those that were of no use are recorded too: with them it was the other deployment that stood in the way.
    return judgement(one, known, replaces, applyOverrides(verdict, grants), verdict.blocking === null ? [] : grants);
  } catch (cause) {
    throw new UnavailableError(undefined, undefined, { cause });
  }
}

/** As `judgeStart`, for an end without a start: it has already happened, and is recorded whatever the rules are like. */
export function judgeEnd(one: Case, replaces: Deployment | null): Judgement {
  const known = preflightFactsOf(one, replaces);
  const verdict = evaluateOrWarn(one.rules, attemptOf(one), known);
  return judgement(one, known, replaces, { verdict, override: null }, []);
}

function judgement(
  one: Case,
  known: PreflightFacts,
  replaces: Deployment | null,
  ruling: Ruling,
  grants: readonly OverrideGrant[],
): Judgement {
  const circumstances = { replaces: replaces?.id ?? null, deployers: deployersOf(one, replaces) };
  return {
    ...ruling,
    warnings: [...ruling.verdict.warnings, ...warningsFor(one)],
    facts: toFactsRecord(attemptOf(one), known, one.rules, grants, circumstances),
  };
}

function attemptOf({ event, names }: Case): Attempt {
  return { productName: names.productName, version: event.version, environmentName: names.environmentName };
}

/** Puts the service's own `preflight_status` on a deployment. */
export function withPreflightStatus(deployment: Deployment, status: PreflightStatus, judgement: Judgement): Deployment {
  const preflightStatus = toPreflightStatus(judgement, status, judgement.warnings);
  return {
    ...deployment,
    preflightStatus: status,
    extraMetadata: { ...deployment.extraMetadata, preflight_status: preflightStatus },
  };
}

/** Adds what the client of an end is to be warned of to what was said at its start. */
export function withWarnings(
  deployment: Deployment,
  one: Pick<Case, 'event' | 'facts' | 'holdsSkipScope'>,
): Deployment {
  const said = deployment.extraMetadata['preflight_status'] as { readonly warnings: readonly string[] } | undefined;
  const added = warningsFor(one).filter((warning) => !said?.warnings.includes(warning));
  if (said === undefined || added.length === 0) return deployment;
  const preflightStatus = { ...said, warnings: [...said.warnings, ...added] };
  return { ...deployment, extraMetadata: { ...deployment.extraMetadata, preflight_status: preflightStatus } };
}

/** What the checks are given; a later `facts.now` than that of the reading shows what they will say then. */
export function preflightFactsOf(one: Case, replaces: Deployment | null): PreflightFacts {
  const { facts, names } = one;
  return toPreflightFacts({
    now: facts.now,
    environmentId: names.environmentId,
    environmentName: names.environmentName,
    versionSha: facts.version?.scmSha ?? null,
    deployers: deployersOf(one, replaces),
    holders: holdersOf(facts, names.productName, replaces),
    policy: facts.policy,
  });
}

/** Who triggers the attempt: as its events say, the present one and those that announced it, and whose token sent it. */
function deployersOf({ event, personId }: Case, replaces: Deployment | null): readonly string[] {
  const announced = replaces?.status === 'pending' ? [replaces.deployedBy, replaces.deployedByEmail] : [];
  return [event.deployedBy, event.deployedByEmail, personId, ...announced].filter((name) => name !== null);
}

function holdersOf(facts: CellFacts, productName: string, replaces: Deployment | null): PreflightFacts['holders'] {
  const { environment, now } = facts;
  if (environment === null) return { product_environment: [], environment: [] };
  const counts = (one: Parameters<typeof isStale>[0], id: string): boolean =>
    one.status === 'started' && id !== replaces?.id && !isStale(one, environment, now);
  return {
    product_environment: facts.open
      .filter((one) => counts(one, one.id))
      .toSorted((a, b) => heldSince(a).getTime() - heldSince(b).getTime())
      .map((one) => toHolder(one, productName, environment)),
    environment: facts.environmentHolders
      .filter((one) => counts(one, one.deploymentId))
      .map(({ deploymentId, productName: product, version, startedAt, deployedBy, ...one }) => ({
        deploymentId,
        productName: product,
        version,
        startedAt,
        deployedBy,
        staleAt: staleAt(one, environment),
      })),
  };
}

function toHolder(one: CellFacts['open'][number], productName: string, limits: StalenessLimits): Holder {
  return {
    deploymentId: one.id,
    productName,
    version: one.version,
    startedAt: one.startedAt ?? one.createdAt,
    deployedBy: one.deployedBy ?? one.deployedByEmail ?? one.deployedByName,
    staleAt: staleAt(one, limits),
  };
}

/** By the database's clock: what waited long before it started is not the oldest holder for that. */
function heldSince({ startReceivedAt, createdAt }: Pick<Deployment, 'startReceivedAt' | 'createdAt'>): Date {
  return startReceivedAt ?? createdAt;
}

function warningsFor({
  event,
  facts: { version },
  holdsSkipScope,
}: Pick<Case, 'event' | 'facts' | 'holdsSkipScope'>): readonly string[] {
  const warnings: string[] = [];
  if (event.skipPreflightChecks && event.status === 'started' && !holdsSkipScope) {
    warnings.push('skip_preflight_checks was ignored: this API key does not hold the scope preflight:skip');
  }
  if (event.scmSha !== null && version?.scmSha != null && !sameSha(event.scmSha, version.scmSha)) {
    warnings.push(
      `scm_sha ${event.scmSha} is not the SHA that version ${event.version} was built from (${version.scmSha})`,
    );
  }
  return warnings;
}
