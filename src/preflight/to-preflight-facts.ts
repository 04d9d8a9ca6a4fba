import { sameSha } from '../catalog/same-sha.js';
import type { ApprovalFact, Completions, PreflightFacts } from './checks/check.js';
import type { PlaceFacts, PolicyFacts, StandingDecision } from './policy-facts.js';

/** What is known of one attempt at one instant. */
export interface Known {
  readonly now: Date;
  readonly environmentId: string | null;
  readonly environmentName: string;
  readonly versionSha: string | null;
  /** `deployed_by` and `deployed_by_email` of the attempt's events, and the id of the person whose token sent them. */
  readonly deployers: readonly (string | null)[];
  readonly holders: PreflightFacts['holders'];
  readonly policy: PolicyFacts;
}

/** Concludes from what is known what the checks ask for. */
export function toPreflightFacts(known: Known): PreflightFacts {
  const { now, environmentId, environmentName, versionSha, holders, policy } = known;
  const deployers = namesIn(known.deployers);
  const builders = policy.builders.map(namesIn);
  const triggers = new Set([...deployers, ...builders.flat()]);
  const here = policy.places.find(({ key }) => key === '');
  const elsewhere = policy.places.filter(({ key }) => key !== '');
  return {
    now,
    environmentId,
    holders,
    here: toCompletions(here, environmentName),
    elsewhere: Object.fromEntries(
      elsewhere.map((place) => [place.key, { ...toCompletions(place, place.key), environmentId: place.environmentId }]),
    ),
    lastCompletedAt: policy.lastCompletedAt,
    p95Ms: policy.p95Ms,
    approvals: policy.decisions
      .filter(({ decision, scmSha }) => decision === 'rejected' || isAboutThis(scmSha, versionSha))
      .map((decision) => toApproval(decision, triggers)),
    unidentified: [
      ...(builders.some((names) => names.length === 0) ? (['build'] as const) : []),
      ...(deployers.length === 0 ? (['deployment'] as const) : []),
    ],
  };
}

/** An approval counts for exactly what was approved: one that was given before the SHA was known ends with its arrival. */
export function isAboutThis(approved: string | null, sha: string | null): boolean {
  return approved === null || sha === null ? approved === sha : sameSha(approved, sha);
}

function toCompletions(place: PlaceFacts | undefined, name: string): Completions {
  return {
    environmentName: place?.environmentName ?? name,
    firstAt: place?.firstAt ?? null,
    lastAt: place?.lastAt ?? null,
    isDeployed: place?.isDeployed ?? false,
  };
}

function toApproval(
  { id, userId, userName, email, logins, decision, type, environmentId, roles, at }: StandingDecision,
  triggers: ReadonlySet<string>,
): ApprovalFact {
  const isOwn = namesIn([email, ...logins, userId]).some((name) => triggers.has(name));
  return { id, userId, userName, decision, type, environmentId, roles, at, isOwn };
}

/**
 * The names among what events say. Nobody may get round their own name by its spelling: letter case, blanks, invisible
 * characters, composed and full-width forms and a leading `@` are one. CI systems send empty ones.
 */
export function namesIn(values: readonly unknown[]): readonly string[] {
  return values
    .filter((value) => typeof value === 'string')
    .map((value) =>
      value
        .normalize('NFKC')
        .replaceAll(/\p{Cf}/gu, '')
        .trim()
        .toLowerCase()
        .replace(/^@/, ''),
    )
    .filter((value) => value !== '');
}
