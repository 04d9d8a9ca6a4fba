import { evaluate } from '../preflight/evaluate.js';
import type { Holder, PreflightFacts } from '../preflight/checks/check.js';
import type { Rule } from '../preflight/rule.js';
import { blockCodes, type Verdict } from '../preflight/verdict.js';
import { toPreflightStatus, toRuleEvaluatedDto, toViolationDto } from '../preflight/verdict.mapper.js';
import type { CellFacts } from './cell-facts.js';
import type { Deployment, PreflightStatus } from './deployment.js';
import type { DeploymentEvent } from './deployment-event.js';
import { isStale } from './is-stale.js';
import { sameSha } from '../catalog/same-sha.js';
import { UnavailableError } from '../common/errors/request.errors.js';

/** A verdict, what is to be recorded of it, and what the client should be warned of. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly warnings: readonly string[];
  readonly record: {
    readonly statusCode: number;
    readonly code: string | null;
    readonly message: string | null;
    readonly violations: unknown;
    readonly rulesEvaluated: unknown;
    readonly facts: unknown;
  };
}

interface Case {
  readonly event: DeploymentEvent;
  readonly facts: CellFacts;
  readonly names: { readonly productName: string; readonly environmentName: string };
  readonly rules: readonly Rule[];
  readonly holdsSkipScope: boolean;
}

/** Runs the pre-flight checks for one attempt, with the slot of the deployment that it would replace set aside. */
export function judge({ event, facts, names, rules, holdsSkipScope }: Case, replaces: Deployment | null): Judgement {
  const known = preflightFacts(facts, names.productName, replaces);
  const attempt = { productName: names.productName, version: event.version, environmentName: names.environmentName };
  const verdict = evaluateOrRefuse(rules, attempt, known);
  return {
    verdict,
    warnings: warningsFor(event, facts, holdsSkipScope),
    record: {
      statusCode: verdict.blocking === null ? 200 : blockCodes[verdict.blocking.code],
      code: verdict.blocking?.code ?? null,
      message: verdict.blocking?.message ?? null,
      violations: verdict.violations.map(toViolationDto),
      rulesEvaluated: verdict.rulesEvaluated.map(toRuleEvaluatedDto),
      facts: { ...known, rules },
    },
  };
}

/** What cannot be evaluated is not let through: 503, and the cause is in the log. */
function evaluateOrRefuse(...[rules, attempt, facts]: Parameters<typeof evaluate>): Verdict {
  try {
    return evaluate(rules, attempt, facts);
  } catch (cause) {
    throw new UnavailableError(undefined, undefined, { cause });
  }
}

/** Puts the service's own `preflight_status` on a deployment. */
export function withPreflightStatus(
  deployment: Deployment,
  status: PreflightStatus,
  { verdict, warnings }: Judgement,
): Deployment {
  return {
    ...deployment,
    preflightStatus: status,
    extraMetadata: { ...deployment.extraMetadata, preflight_status: toPreflightStatus(verdict, status, warnings) },
  };
}

/** Adds what the client of an end is to be warned of to what was said at its start. */
export function withWarnings(
  deployment: Deployment,
  { event, facts, holdsSkipScope }: Pick<Case, 'event' | 'facts' | 'holdsSkipScope'>,
): Deployment {
  const said = deployment.extraMetadata['preflight_status'] as { readonly warnings: readonly string[] } | undefined;
  const added = warningsFor(event, facts, holdsSkipScope).filter((warning) => !said?.warnings.includes(warning));
  if (said === undefined || added.length === 0) return deployment;
  const preflightStatus = { ...said, warnings: [...said.warnings, ...added] };
  return { ...deployment, extraMetadata: { ...deployment.extraMetadata, preflight_status: preflightStatus } };
}

function preflightFacts(facts: CellFacts, productName: string, replaces: Deployment | null): PreflightFacts {
  const { environment, now } = facts;
  const counts = (one: { status: 'pending' | 'started'; lastEventAt: Date }, id: string): boolean =>
    one.status === 'started' && id !== replaces?.id && environment !== null && !isStale(one, environment, now);

  const inCell = facts.open
    .filter((one) => counts(one as { status: 'pending' | 'started'; lastEventAt: Date }, one.id))
    .toSorted((a, b) => heldSince(a).getTime() - heldSince(b).getTime())
    .map((one): Holder => ({
      deploymentId: one.id,
      productName,
      version: one.version,
      startedAt: one.startedAt ?? one.createdAt,
      deployedBy: one.deployedBy ?? one.deployedByEmail ?? one.deployedByName,
    }));
  const inEnvironment = facts.environmentHolders
    .filter((one) => counts(one, one.deploymentId))
    .map(({ deploymentId, productName: product, version, startedAt, deployedBy }): Holder => ({
      deploymentId,
      productName: product,
      version,
      startedAt,
      deployedBy,
    }));
  return { now, holders: { product_environment: inCell, environment: inEnvironment } };
}

/** By the database's clock: what waited long before it started is not the oldest holder for that. */
function heldSince({ startReceivedAt, createdAt }: Pick<Deployment, 'startReceivedAt' | 'createdAt'>): Date {
  return startReceivedAt ?? createdAt;
}

function warningsFor(event: DeploymentEvent, { version }: CellFacts, holdsSkipScope: boolean): readonly string[] {
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
