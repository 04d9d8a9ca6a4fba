import type { CheckResult, Finding, RuleStatus } from './checks/check.js';

/** The codes of a refusal, in the order in which the first enforced one makes the answer, with their status. */
export const blockCodes = {
  NO_DEPLOY_WINDOW: 423,
  FLOW_VIOLATION: 428,
  INSUFFICIENT_SOAK_TIME: 428,
  COOLDOWN_ACTIVE: 428,
  DEPLOYMENT_REQUEST_REQUIRED: 428,
  APPROVAL_REQUIRED: 428,
  QUALITY_APPROVAL_REQUIRED: 428,
  CONCURRENT_DEPLOYMENT: 409,
} as const;

export type BlockCode = keyof typeof blockCodes;

/** One rule that an attempt did not meet. */
export interface Violation {
  readonly code: BlockCode;
  readonly message: string;
  readonly ruleId: string | null;
  readonly ruleName: string;
  readonly ruleType: string;
  readonly status: Exclude<RuleStatus, 'disabled'>;
  /** When this violation ends, where that is known. */
  readonly retryAfter: Date | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** As `Finding.endsAt`: for forecasts, never shown. */
  readonly endsAt: Date | null;
}

/** What became of one rule: shown to clients, who print report-only failures as warnings. */
export interface RuleEvaluated {
  readonly ruleId: string | null;
  readonly ruleName: string;
  readonly ruleType: string;
  readonly status: RuleStatus;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly errorCode: BlockCode | null;
  readonly errorMessage: string | null;
}

/** The outcome of all rules for one attempt at one instant. */
export interface Verdict {
  readonly checkedAt: Date;
  /** The first enforced violation by precedence; null lets the attempt through. */
  readonly blocking: Violation | null;
  readonly violations: readonly Violation[];
  readonly rulesEvaluated: readonly RuleEvaluated[];
  /** For the client to print: what is no violation, but looks like a mistake. */
  readonly warnings: readonly string[];
}

/** Nothing stands in the way of this rule. */
export function pass(...warnings: readonly string[]): CheckResult {
  return { kind: 'passed', findings: [], warnings };
}

/** This rule does not ask anything of this attempt: a rollback. */
export function exempt(): CheckResult {
  return { kind: 'exempt', findings: [], warnings: [] };
}

interface Block {
  /** What happened, until when, what to do. */
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** When this ends, where that is known. */
  readonly retryAfter?: Date | null;
  /** Where it differs from `retryAfter`. */
  readonly endsAt?: Date | null;
}

/** This rule is not met. */
export function block(code: BlockCode, found: Block, ...warnings: readonly string[]): CheckResult {
  return blockAll([finding(code, found)], ...warnings);
}

/**
 * Orders what was found: what ends last comes first, and what has no known end before all. A client that waits until the
 * first one's `retryAfter` is then not turned away by the next.
 */
export function lastEndFirst(a: Pick<Finding, 'retryAfter'>, b: Pick<Finding, 'retryAfter'>): number {
  if (a.retryAfter === null || b.retryAfter === null)
    return Number(b.retryAfter === null) - Number(a.retryAfter === null);
  return b.retryAfter.getTime() - a.retryAfter.getTime();
}

/** This rule is not met in several ways, in the order in which they are told. */
export function blockAll(findings: readonly Finding[], ...warnings: readonly string[]): CheckResult {
  return { kind: 'failed', findings, warnings };
}

export function finding(code: BlockCode, { message, details, retryAfter = null, endsAt = retryAfter }: Block): Finding {
  return { code, message, details, retryAfter, endsAt };
}
