import type { Attempt, Finding, PreflightFacts } from './checks/check.js';
import { checks } from './checks/index.js';
import type { Rule } from './rule.js';
import { type BlockCode, blockCodes, type RuleEvaluated, type Verdict, type Violation } from './verdict.js';

const precedence = Object.keys(blockCodes) as BlockCode[];

/**
 * Evaluates every rule, always, so that the answer can show at once everything that is missing. The verdict takes its
 * code from the first enforced violation in the order of `blockCodes`. Throws if a rule cannot be evaluated: the
 * caller blocks then (503), it never lets the attempt through.
 */
export function evaluate(rules: readonly Rule[], attempt: Attempt, facts: PreflightFacts): Verdict {
  const evaluated = rules.map((rule) => ({ rule, findings: findingsOf(rule, attempt, facts) }));
  const violations = evaluated
    .flatMap(({ rule, findings }) => findings.map((finding) => toViolation(rule, finding)))
    .toSorted((a, b) => precedence.indexOf(a.code) - precedence.indexOf(b.code));
  return {
    checkedAt: facts.now,
    blocking: violations.find(({ status }) => status === 'enabled') ?? null,
    violations,
    rulesEvaluated: evaluated.map(({ rule, findings }) => toRuleEvaluated(rule, findings)),
  };
}

function findingsOf(rule: Rule, attempt: Attempt, facts: PreflightFacts): readonly Finding[] {
  return rule.status === 'disabled' ? [] : checks[rule.type].evaluate(rule.config, attempt, facts);
}

function toViolation(rule: Rule, finding: Finding): Violation {
  return {
    ...finding,
    ruleId: rule.id,
    ruleName: rule.name,
    ruleType: rule.type,
    status: rule.status === 'report_only' ? 'report_only' : 'enabled',
  };
}

function toRuleEvaluated(rule: Rule, findings: readonly Finding[]): RuleEvaluated {
  return {
    ruleId: rule.id,
    ruleName: rule.name,
    ruleType: rule.type,
    status: rule.status,
    result: rule.status === 'disabled' ? 'skipped' : findings.length > 0 ? 'failed' : 'passed',
    errorCode: findings[0]?.code ?? null,
    errorMessage: findings[0]?.message ?? null,
  };
}
