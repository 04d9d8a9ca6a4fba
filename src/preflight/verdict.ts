import type { Finding, RuleStatus } from './checks/check.js';

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
}

/** Nothing stands in the way of this rule. */
export function pass(): readonly Finding[] {
  return [];
}

/** This rule is not met. */
export function block(
  code: BlockCode,
  finding: { message: string; details: Readonly<Record<string, unknown>>; retryAfter?: Date },
): readonly Finding[] {
  return [{ code, message: finding.message, details: finding.details, retryAfter: finding.retryAfter ?? null }];
}
