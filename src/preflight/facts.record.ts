import type { OverrideGrant } from './apply-overrides.js';
import type { ApprovalFact, Attempt, Completions, Holder, PreflightFacts } from './checks/check.js';
import type { Rule, UnreadableRule } from './rule.js';

/** What decided a verdict: enough to reach it again, whatever rules and facts are today. */
export interface RecordedFacts {
  readonly attempt: Attempt;
  readonly facts: PreflightFacts;
  /** The rules as they stood; what is built in follows from them. */
  readonly rules: readonly { readonly ruleId: string; readonly revision: number }[];
  readonly grants: readonly OverrideGrant[];
}

/** What is known of an attempt besides, which rules that there were not then may ask about: a back-test reads it. */
export interface Circumstances {
  /** The deployment that it continues, or whose place it takes; null: none. */
  readonly replaces: string | null;
  /** Who triggers it, as its events say. */
  readonly deployers: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

/** The `facts` of a recorded check, as JSON. What was not read, and what is empty, is left out. */
export function toFactsRecord(
  attempt: Attempt,
  facts: PreflightFacts,
  rules: readonly (Rule | UnreadableRule)[],
  grants: readonly OverrideGrant[],
  { replaces, deployers }: Circumstances,
): Json {
  const record: Json = {
    now: facts.now,
    product_name: attempt.productName,
    version: attempt.version,
    environment_name: attempt.environmentName,
    environment_id: facts.environmentId,
    replaces,
    deployers,
    holders: filled(facts.holders.product_environment.map(holderRecord)),
    environment_holders: filled(facts.holders.environment.map(holderRecord)),
    here: facts.here.firstAt === null ? null : completionsRecord(facts.here),
    elsewhere: filled(
      Object.entries(facts.elsewhere).map(([key, place]) => ({
        key,
        environment_id: place.environmentId,
        ...completionsRecord(place),
      })),
    ),
    last_completed_at: facts.lastCompletedAt,
    p95_ms: facts.p95Ms,
    approvals: filled(facts.approvals.map(approvalRecord)),
    unidentified: filled(facts.unidentified),
    rules: filled(rules.filter(({ id }) => id !== null).map(({ id, revision }) => ({ rule_id: id, revision }))),
    overrides: filled(grants.map(grantRecord)),
  };
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

/** The reverse of `toFactsRecord`. */
export function fromFactsRecord(record: Json): RecordedFacts {
  const list = (key: string): readonly Json[] => (record[key] as readonly Json[] | undefined) ?? [];
  const environmentName = record['environment_name'] as string;
  return {
    attempt: {
      productName: record['product_name'] as string,
      version: record['version'] as string,
      environmentName,
    },
    facts: {
      now: time(record['now'])!,
      environmentId: (record['environment_id'] as string | undefined) ?? null,
      holders: {
        product_environment: list('holders').map(toHolder),
        environment: list('environment_holders').map(toHolder),
      },
      here:
        record['here'] === undefined
          ? { environmentName, firstAt: null, lastAt: null, isDeployed: false }
          : toCompletions(record['here'] as Json),
      elsewhere: Object.fromEntries(
        list('elsewhere').map((place) => [
          place['key'] as string,
          { ...toCompletions(place), environmentId: place['environment_id'] as string | null },
        ]),
      ),
      lastCompletedAt: time(record['last_completed_at']),
      p95Ms: p95Of(record),
      approvals: list('approvals').map(toApproval),
      unidentified: (record['unidentified'] as PreflightFacts['unidentified'] | undefined) ?? [],
    },
    rules: list('rules').map((rule) => ({ ruleId: rule['rule_id'] as string, revision: rule['revision'] as number })),
    grants: list('overrides').map(toGrant),
  };
}

/** Records used to hold the durations themselves: of five and more the nearest rank. */
function p95Of({ p95_ms: p95, durations_ms: durations }: Json): number | null {
  if (durations === undefined) return (p95 as number | undefined) ?? null;
  const ascending = (durations as readonly number[]).toSorted((a, b) => a - b);
  return ascending.length < 5 ? null : ascending[Math.ceil(ascending.length * 0.95) - 1]!;
}

function filled<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

function time(value: unknown): Date | null {
  return value == null ? null : new Date(value as string);
}

function holderRecord({ deploymentId, productName, version, startedAt, deployedBy, staleAt }: Holder): Json {
  return {
    deployment_id: deploymentId,
    product_name: productName,
    version,
    started_at: startedAt,
    deployed_by: deployedBy,
    stale_at: staleAt,
  };
}

function toHolder(holder: Json): Holder {
  return {
    deploymentId: holder['deployment_id'] as string,
    productName: holder['product_name'] as string,
    version: holder['version'] as string,
    startedAt: time(holder['started_at'])!,
    deployedBy: holder['deployed_by'] as string | null,
    staleAt: time(holder['stale_at']),
  };
}

function completionsRecord({ environmentName, firstAt, lastAt, isDeployed }: Completions): Json {
  return { environment_name: environmentName, first_at: firstAt, last_at: lastAt, is_deployed: isDeployed };
}

function toCompletions(place: Json): Completions {
  return {
    environmentName: place['environment_name'] as string,
    firstAt: time(place['first_at']),
    lastAt: time(place['last_at']),
    isDeployed: place['is_deployed'] as boolean,
  };
}

function approvalRecord(approval: ApprovalFact): Json {
  return {
    id: approval.id,
    user_id: approval.userId,
    user_name: approval.userName,
    decision: approval.decision,
    type: approval.type,
    environment_id: approval.environmentId,
    roles: approval.roles,
    at: approval.at,
    is_own: approval.isOwn,
  };
}

function toApproval(approval: Json): ApprovalFact {
  return {
    id: approval['id'] as string,
    userId: approval['user_id'] as string,
    userName: approval['user_name'] as string,
    decision: approval['decision'] as ApprovalFact['decision'],
    type: approval['type'] as ApprovalFact['type'],
    environmentId: approval['environment_id'] as string | null,
    roles: approval['roles'] as readonly string[],
    at: time(approval['at'])!,
    isOwn: approval['is_own'] as boolean,
  };
}

function grantRecord({ id, includesConcurrency, by, reason }: OverrideGrant): Json {
  return { id, includes_concurrency: includesConcurrency, by, reason };
}

function toGrant(grant: Json): OverrideGrant {
  return {
    id: grant['id'] as string | null,
    includesConcurrency: grant['includes_concurrency'] as boolean,
    by: grant['by'] as OverrideGrant['by'],
    reason: grant['reason'] as string | null,
  };
}
