import type { Attempt, CheckResult, PreflightFacts } from './checks/check.js';
import { checks } from './checks/index.js';
import { firstOpenMoment } from './first-open-moment.js';
import { isUnreadable, type Rule, type UnreadableRule } from './rule.js';
import {
  type BlockCode,
  blockCodes,
  lastEndFirst,
  type RuleEvaluated,
  type Verdict,
  type Violation,
} from './verdict.js';

const precedence = Object.keys(blockCodes) as BlockCode[];

/**
 * Evaluates every rule, always, so that the answer can show at once everything that is missing. The verdict takes its
 * code from the first enforced violation in the order of `blockCodes`, and among those of one code from the one that ends
 * last: who waits until its `retryAfter` is not turned away by the others. Throws if an enabled rule cannot be evaluated: the
 * caller blocks then (503), it never lets the attempt through. One that only reports is told of in `warnings`.
 */
export function evaluate(rules: readonly (Rule | UnreadableRule)[], attempt: Attempt, facts: PreflightFacts): Verdict {
  const evaluated = rules.map((rule) => ({ rule, result: resultOf(rule, attempt, facts) }));
  const found = evaluated.flatMap(({ rule, result }) => violationsOf(rule, result));
  const open = found.some(isEnforcedWindow) ? firstOpenMoment(rules, facts) : null;
  const violations = found
    .map((violation) => (isEnforcedWindow(violation) ? { ...violation, retryAfter: open, endsAt: open } : violation))
    .toSorted((a, b) => precedence.indexOf(a.code) - precedence.indexOf(b.code) || lastEndFirst(a, b));
  return {
    checkedAt: facts.now,
    blocking: violations.find(({ status }) => status === 'enabled') ?? null,
    violations,
    rulesEvaluated: evaluated.map(({ rule, result }) => toRuleEvaluated(rule, result)),
    warnings: [...new Set(evaluated.flatMap(({ rule, result }) => warningsOf(rule, result)))],
  };
}

/**
 * As `evaluate`, for what has happened already and is recorded whatever the rules are like: a rule that cannot be
 * evaluated is told of in `warnings`.
 */
export function evaluateOrWarn(
  rules: readonly (Rule | UnreadableRule)[],
  attempt: Attempt,
  facts: PreflightFacts,
): Verdict {
  try {
    return evaluate(rules, attempt, facts);
  } catch (error) {
    const warning = `The pre-flight checks could not be evaluated: ${(error as Error).message}`;
    return { checkedAt: facts.now, blocking: null, violations: [], rulesEvaluated: [], warnings: [warning] };
  }
}

/** Null: not evaluated. */
function resultOf(rule: Rule | UnreadableRule, attempt: Attempt, facts: PreflightFacts): CheckResult | null {
  if (rule.status === 'disabled') return null;
  try {
    if (isUnreadable(rule)) throw new Error(`The rule ${rule.name} (${rule.id}) cannot be read: ${rule.unreadable}`);
    return checks[rule.type].evaluate(rule.config as never, attempt, facts, rule);
  } catch (error) {
    if (rule.status === 'enabled') throw error;
    return null;
  }
}

function violationsOf(rule: Rule | UnreadableRule, result: CheckResult | null): Violation[] {
  return (result?.findings ?? []).map((finding) => ({
    ...finding,
    message: (isUnreadable(rule) ? null : rule.message) ?? finding.message,
    ruleId: rule.id,
    ruleName: rule.name,
    ruleType: rule.type,
    status: rule.status === 'report_only' ? 'report_only' : 'enabled',
  }));
}

function isEnforcedWindow({ code, status }: Violation): boolean {
  return code === 'NO_DEPLOY_WINDOW' && status === 'enabled';
}

function warningsOf({ name, status }: Rule | UnreadableRule, result: CheckResult | null): readonly string[] {
  if (result !== null) return result.warnings;
  return status === 'disabled' ? [] : [`The report-only rule ${name} could not be evaluated`];
}

function toRuleEvaluated(rule: Rule | UnreadableRule, result: CheckResult | null): RuleEvaluated {
  const [first] = violationsOf(rule, result);
  return {
    ruleId: rule.id,
    ruleName: rule.name,
    ruleType: rule.type,
    status: rule.status,
    result: result === null || result.kind === 'exempt' ? 'skipped' : result.kind,
    errorCode: first?.code ?? null,
    errorMessage: first?.message ?? null,
  };
}
