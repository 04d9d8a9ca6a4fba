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
}

/** Which starts compete for the same slots. */
export type ConcurrencyScope = 'product_environment' | 'environment';

/** Who wants to deploy what, where. */
export interface Attempt {
  readonly productName: string;
  readonly version: string;
  readonly environmentName: string;
}

/** What the checks know, all of it read in one round trip. `now` is the database's. */
export interface PreflightFacts {
  readonly now: Date;
  /** In progress and not stale, oldest first, without the deployment that this attempt would replace. */
  readonly holders: Readonly<Record<ConcurrencyScope, readonly Holder[]>>;
}

/** What a check says about one rule: nothing, or what was not met. */
export type Finding = Pick<Violation, 'code' | 'message' | 'details' | 'retryAfter'>;

/** One kind of policy: a pure function of attempt, configuration and facts. No clock, no database, no framework. */
export interface Check<Config> {
  evaluate(config: Config, attempt: Attempt, facts: PreflightFacts): readonly Finding[];
}
