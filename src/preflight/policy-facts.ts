import type { ApprovalType, FactNeeds } from './checks/check.js';

/*
 * What is read of one attempt for its rules, as it comes from the database: facts that hold for every rule, before
 * anything is concluded from them.
 */

/** One environment that rules name, or the attempt's own (key `''`), and where this version stands there. */
export interface PlaceFacts {
  readonly key: string;
  /** Null: it does not exist yet. */
  readonly environmentId: string | null;
  readonly environmentName: string | null;
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
  readonly isDeployed: boolean;
  /** The revision of that cell: what was concluded holds only as long as it does. Null: the product was never there. */
  readonly revision: number | null;
}

/** A decision about the version that nobody has withdrawn. */
export interface StandingDecision {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly email: string | null;
  readonly logins: readonly string[];
  readonly decision: 'approved' | 'rejected';
  readonly type: ApprovalType | null;
  readonly environmentId: string | null;
  readonly roles: readonly string[];
  /** What the version's SHA was when it was decided. */
  readonly scmSha: string | null;
  readonly at: Date;
}

export interface PolicyFacts {
  readonly places: readonly PlaceFacts[];
  readonly lastCompletedAt: Date | null;
  readonly p95Ms: number | null;
  readonly decisions: readonly StandingDecision[];
  /** What each build event of the version says in `built_by*`, and the id of the person whose token sent it. */
  readonly builders: readonly (readonly unknown[])[];
}

/** What a statement with `policyFactsLaterals` is given for each attempt. */
export function policyFactsInput(needs: FactNeeds): Record<string, unknown> {
  return {
    places: [...(needs.here ? [''] : []), ...needs.elsewhere],
    needs_last_completion: needs.lastCompletion,
    needs_durations: needs.durations,
    needs_approvals: needs.approvals,
  };
}

/** The columns of that input, for `json_to_recordset`. */
export const policyFactsInputColumns =
  'places text[], needs_last_completion boolean, needs_durations boolean, needs_approvals boolean';

type Json = Readonly<Record<string, unknown>>;

/** The columns of `cellHistoryColumns` and of `policyFactsColumns`: both, one, or neither. */
export interface PolicyFactsRow {
  readonly last_completed_at?: Date | null;
  readonly p95_ms?: number | null;
  readonly places?: readonly Json[] | null;
  readonly approvals?: readonly Json[] | null;
  readonly builders?: readonly (readonly unknown[])[] | null;
}

/** What was not asked for is empty. */
export function toPolicyFacts(row: PolicyFactsRow): PolicyFacts {
  return {
    places: (row.places ?? []).map(toPlace),
    lastCompletedAt: row.last_completed_at ?? null,
    p95Ms: row.p95_ms ?? null,
    decisions: (row.approvals ?? []).map(toDecision),
    builders: row.builders ?? [],
  };
}

function toPlace(place: Json): PlaceFacts {
  return {
    key: place['key'] as string,
    environmentId: place['environment_id'] as string | null,
    environmentName: place['environment_name'] as string | null,
    firstAt: toTime(place['first_at']),
    lastAt: toTime(place['last_at']),
    isDeployed: place['is_deployed'] as boolean,
    revision: place['revision'] as number | null,
  };
}

function toDecision(decision: Json): StandingDecision {
  return {
    id: decision['id'] as string,
    userId: decision['user_id'] as string,
    userName: decision['user_name'] as string,
    email: decision['email'] as string | null,
    logins: decision['logins'] as string[],
    decision: decision['decision'] as StandingDecision['decision'],
    type: decision['type'] as ApprovalType | null,
    environmentId: decision['environment_id'] as string | null,
    roles: decision['roles'] as string[],
    scmSha: decision['scm_sha'] as string | null,
    at: toTime(decision['at'])!,
  };
}

function toTime(value: unknown): Date | null {
  return value == null ? null : new Date(value as string);
}
