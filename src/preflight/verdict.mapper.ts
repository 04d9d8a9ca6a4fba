import { toWireSecondsUp, toWireTime } from '../common/wire-time.js';
import type { OverrideGrant, Ruling } from './apply-overrides.js';
import type { RuleEvaluated, Violation } from './verdict.js';

/** A violation as refusals, records and `violations` show it, and what overrode it. */
export function toViolationDto(violation: Violation, override: OverrideGrant | null = null): Record<string, unknown> {
  return {
    code: violation.code,
    message: violation.message,
    rule_id: violation.ruleId,
    rule_name: violation.ruleName,
    rule_type: violation.ruleType,
    status: violation.status,
    retry_after: violation.retryAfter && toWireSecondsUp(violation.retryAfter),
    details: violation.details,
    ...(override === null || violation.status !== 'enabled'
      ? {}
      : { override_id: override.id, overridden_by: override.by }),
  };
}

/** An entry of `rules_evaluated`, as the CI action reads it. */
export function toRuleEvaluatedDto(rule: RuleEvaluated): Record<string, unknown> {
  return {
    rule_id: rule.ruleId,
    rule_name: rule.ruleName,
    rule_type: rule.ruleType,
    status: rule.status,
    evaluation_result: rule.result,
    error_code: rule.errorCode,
    error_message: rule.errorMessage,
  };
}

/** The service's own `extra_metadata.preflight_status`. */
export function toPreflightStatus(
  { verdict, override }: Ruling,
  status: string,
  warnings: readonly string[],
): Record<string, unknown> {
  return {
    status,
    checked_at: toWireTime(verdict.checkedAt),
    warnings,
    rules_evaluated: verdict.rulesEvaluated.map(toRuleEvaluatedDto),
    ...(override === null ? {} : { override_id: override.id }),
  };
}
