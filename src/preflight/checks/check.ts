import type { Fault } from '../../common/errors/invalid.error.js';
import type { Violation } from '../verdict.js';

/** How much a rule matters: its violations block, are only recorded, or it is not evaluated at all. */
export type RuleStatus = 'enabled' | 'report_only' | 'disabled';

/** A deployment that holds a slot. */
export interface Holder {
  readonly deploymentId: string;
  readonly productName: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly deployedBy: string | null;
  /** When it is given up if nothing more is heard of it; null: never. */
  readonly staleAt: Date | null;
}

/** Which starts compete for the same slots. */
export type ConcurrencyScope = 'product_environment' | 'environment';

/** Who wants to deploy what, where. */
export interface Attempt {
  readonly productName: string;
  readonly version: string;
  readonly environmentName: string;
}

/** Where and when the attempt's version has completed. Times are those of the receipt, by the database's clock. */
export interface Completions {
  /** As it is called; as the rule calls it where it does not exist yet. */
  readonly environmentName: string;
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
  /** Whether this version is the one that is deployed there now. */
  readonly isDeployed: boolean;
}

/** What somebody may approve of a version. */
export const approvalTypes = ['uat', 'qa', 'performance', 'security', 'code_review', 'compliance'] as const;
export type ApprovalType = (typeof approvalTypes)[number];

/** A decision about the attempt's version that stands: neither withdrawn, nor about another SHA than the version has. */
export interface ApprovalFact {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly decision: 'approved' | 'rejected';
  readonly type: ApprovalType | null;
  /** Null: for every environment. */
  readonly environmentId: string | null;
  /** The role and approver roles of the person when they decided. */
  readonly roles: readonly string[];
  readonly at: Date;
  /** Whether this person triggered the build or the deployment. */
  readonly isOwn: boolean;
}

/** What the checks know, all of it read in one round trip. `now` is the database's. */
export interface PreflightFacts {
  readonly now: Date;
  /** Null: it does not exist yet. */
  readonly environmentId: string | null;
  /** In progress and not stale, oldest first, without the deployment that this attempt would replace. */
  readonly holders: Readonly<Record<ConcurrencyScope, readonly Holder[]>>;
  /** Of the attempt's own environment. */
  readonly here: Completions;
  /** Of the environments that rules name, by the key under which they were asked for (`placeKey`). */
  readonly elsewhere: Readonly<Record<string, Completions & { readonly environmentId: string | null }>>;
  /** The last completed deployment of the product in the environment, whatever its version. */
  readonly lastCompletedAt: Date | null;
  /**
   * The 95th percentile (nearest rank) of how long the last 50 deployments of the product there took, in milliseconds;
   * null: there were fewer than five.
   */
  readonly p95Ms: number | null;
  readonly approvals: readonly ApprovalFact[];
  /** Which events that should name a person name nobody. */
  readonly unidentified: readonly ('build' | 'deployment')[];
}

/** What a rule must know besides who holds the slots of the product and environment. */
export interface FactNeeds {
  /** Holders in the whole environment. */
  readonly environmentHolders: boolean;
  /** Completions of the version in the attempt's own environment. */
  readonly here: boolean;
  /** Keys (`placeKey`) of further environments whose completions of the version count. */
  readonly elsewhere: readonly string[];
  readonly lastCompletion: boolean;
  readonly durations: boolean;
  readonly approvals: boolean;
}

/** What a check says about one rule: what was not met, until when. */
export type Finding = Pick<Violation, 'code' | 'message' | 'details' | 'retryAfter'> & {
  /**
   * The first instant at which the same facts would no longer lead to this finding; null: none without a person. It is
   * `retryAfter`, except where that would promise too much: a slot is free at the latest when its holder is stale.
   */
  readonly endsAt: Date | null;
};

export interface CheckResult {
  readonly kind: 'passed' | 'failed' | 'exempt';
  /** Not empty for `failed`, empty otherwise. */
  readonly findings: readonly Finding[];
  /** For the client to print, whatever the result. */
  readonly warnings: readonly string[];
}

/**
 * Decides one type of rule: a pure function of configuration, attempt and facts. No clock, no database, no framework.
 * Throws where it cannot decide; the attempt is blocked with 503 then.
 */
export interface Check<Config> {
  needs(config: Config): Partial<FactNeeds>;
  evaluate(config: Config, attempt: Attempt, facts: PreflightFacts, rule: { readonly name: string }): CheckResult;
}

/** What was read: a configuration, or every fault in the order of the fields. */
export type ConfigReading<Config> = { readonly config: Config } | { readonly faults: readonly Fault[] };

/**
 * Reads the `config` of a rule as the wire has it: on every write, and again whenever a stored rule is loaded. Whatever
 * cannot be evaluated is a fault, with `loc` down to the key; an unknown key too, since a misspelt policy must not be a
 * silent one.
 *
 * @param loc of the configuration itself, `['body', 'config']` on a write
 */
export type ReadConfig<Config> = (json: unknown, loc: readonly (string | number)[]) => ConfigReading<Config>;
