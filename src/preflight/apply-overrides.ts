import type { Verdict, Violation } from './verdict.js';

/** A permission to deploy in spite of violations that an attempt may make use of. */
export interface OverrideGrant {
  /** Null: the flag of an old client whose API key carries the scope `preflight:skip`. */
  readonly id: string | null;
  readonly includesConcurrency: boolean;
  /** Who gave it. */
  readonly by: { readonly kind: 'user' | 'api_key'; readonly id: string; readonly name: string | null };
  readonly reason: string | null;
}

export interface Ruling {
  readonly verdict: Verdict;
  /** What is used up; null where nothing stood in the way, or too much. */
  readonly override: OverrideGrant | null;
}

/**
 * What becomes of a verdict where overrides are open. One is used up only if the deployment starts with it: who holds
 * one, but not against another deployment in progress, is told of that one (409) and keeps the override.
 *
 * @param grants those that match the attempt, in the order in which they are tried
 */
export function applyOverrides(verdict: Verdict, grants: readonly OverrideGrant[]): Ruling {
  if (verdict.blocking === null || grants.length === 0) return { verdict, override: null };
  const enforced = verdict.violations.filter(({ status }) => status === 'enabled');
  const override = grants.find((grant) => enforced.every((violation) => lifts(grant, violation))) ?? null;
  if (override !== null) return { verdict: { ...verdict, blocking: null }, override };
  return { verdict: { ...verdict, blocking: enforced.find(isConcurrency)! }, override: null };
}

function lifts({ includesConcurrency }: OverrideGrant, violation: Violation): boolean {
  return includesConcurrency || !isConcurrency(violation);
}

function isConcurrency({ code }: Violation): boolean {
  return code === 'CONCURRENT_DEPLOYMENT';
}
