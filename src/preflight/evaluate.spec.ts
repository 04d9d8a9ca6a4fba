import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { checks } from './checks/index.js';
import type { Holder, PreflightFacts, RuleStatus } from './checks/check.js';
import { evaluate } from './evaluate.js';
import { builtInConcurrency, needsEnvironmentHolders, type Rule, spansProducts } from './rule.js';
import { block, type BlockCode, blockCodes, pass } from './verdict.js';

const now = new Date('2026-03-02T14:00:00.000Z');
const attempt = { productName: 'my-service', version: '2.0.0', environmentName: 'production' };
const holder: Holder = {
  deploymentId: 'holder',
  productName: 'my-service',
  version: '1',
  startedAt: now,
  deployedBy: null,
};
const free: PreflightFacts = { now, holders: { product_environment: [], environment: [] } };
const taken: PreflightFacts = { now, holders: { product_environment: [holder], environment: [holder] } };
const codes = Object.keys(blockCodes) as BlockCode[];

function rule(name: string, status: RuleStatus = 'enabled', config: Partial<Rule['config']> = {}): Rule {
  return {
    id: `id of ${name}`,
    name,
    type: 'concurrency',
    status,
    config: { maxConcurrent: 1, per: 'product_environment', ...config },
  };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('evaluate', () => {
  it('lets through what meets every rule, and tells which were asked', () => {
    expect(evaluate([builtInConcurrency, rule('mine')], attempt, free)).toEqual({
      checkedAt: now,
      blocking: null,
      violations: [],
      rulesEvaluated: [
        {
          ruleId: null,
          ruleName: 'Concurrency (built in)',
          ruleType: 'concurrency',
          status: 'enabled',
          result: 'passed',
          errorCode: null,
          errorMessage: null,
        },
        {
          ruleId: 'id of mine',
          ruleName: 'mine',
          ruleType: 'concurrency',
          status: 'enabled',
          result: 'passed',
          errorCode: null,
          errorMessage: null,
        },
      ],
    });
  });

  it.each([
    // status of the rule; what became of it, the recorded violations, whether the attempt is blocked
    ['enabled', 'failed', ['enabled'], true],
    ['report_only', 'failed', ['report_only'], false],
    ['disabled', 'skipped', [], false],
  ] as const)('%s: %s', (status, result, violations, blocks) => {
    const verdict = evaluate([rule('mine', status)], attempt, taken);
    expect(verdict.rulesEvaluated.map((one) => [one.status, one.result, one.errorCode])).toEqual([
      [status, result, result === 'failed' ? 'CONCURRENT_DEPLOYMENT' : null],
    ]);
    expect(verdict.violations.map((one) => one.status)).toEqual(violations);
    expect(verdict.blocking?.ruleName ?? null).toBe(blocks ? 'mine' : null);
  });

  it('does not let a report-only rule hide an enforced one', () => {
    const verdict = evaluate([rule('trial', 'report_only'), rule('mine'), rule('old', 'disabled')], attempt, taken);
    expect(verdict.violations.map(({ ruleName }) => ruleName)).toEqual(['trial', 'mine']);
    expect(verdict.blocking?.ruleName).toBe('mine');
  });

  it('lets the strictest of several enabled rules win', () => {
    const rules = [rule('two', 'enabled', { maxConcurrent: 2 }), rule('one')];
    expect(evaluate(rules, attempt, taken).blocking?.ruleName).toBe('one');
  });

  it('throws where a rule cannot be evaluated', () => {
    expect(() => evaluate([{ ...rule('mine'), type: 'unheard of' } as unknown as Rule], attempt, free)).toThrow();
  });

  it('answers with the first enforced violation in the documented order, whatever the order of the rules', () => {
    const violated = fc.uniqueArray(fc.record({ code: fc.constantFrom(...codes), enforced: fc.boolean() }), {
      selector: ({ code }) => code,
      minLength: 1,
    });
    fc.assert(
      fc.property(violated, (some) => {
        const rules = some.map(({ code, enforced }) => rule(code, enforced ? 'enabled' : 'report_only'));
        const queue = [...some];
        const spy = jest.spyOn(checks.concurrency, 'evaluate');
        spy.mockImplementation(() => block(queue.shift()!.code, { message: 'no', details: {} }));
        const verdict = evaluate(rules, attempt, free);
        const enforced = some.filter((one) => one.enforced).map(({ code }) => code);
        expect(verdict.violations.map(({ code }) => code)).toEqual(
          codes.filter((code) => some.some((one) => one.code === code)),
        );
        expect(verdict.blocking?.code).toBe(codes.find((code) => enforced.includes(code)));
      }),
    );
  });
});

it('keeps the order and the statuses of the page on pre-flight checks', () => {
  expect(Object.entries(blockCodes)).toEqual([
    ['NO_DEPLOY_WINDOW', 423],
    ['FLOW_VIOLATION', 428],
    ['INSUFFICIENT_SOAK_TIME', 428],
    ['COOLDOWN_ACTIVE', 428],
    ['DEPLOYMENT_REQUEST_REQUIRED', 428],
    ['APPROVAL_REQUIRED', 428],
    ['QUALITY_APPROVAL_REQUIRED', 428],
    ['CONCURRENT_DEPLOYMENT', 409],
  ]);
});

describe('verdicts', () => {
  it('pass() finds nothing', () => expect(pass()).toEqual([]));

  it('block() says when it ends, where that is known', () => {
    expect(block('COOLDOWN_ACTIVE', { message: 'no', details: { a: 1 } })).toEqual([
      { code: 'COOLDOWN_ACTIVE', message: 'no', details: { a: 1 }, retryAfter: null },
    ]);
    expect(block('COOLDOWN_ACTIVE', { message: 'no', details: {}, retryAfter: now })[0]?.retryAfter).toBe(now);
  });
});

describe('a scope that spans products', () => {
  it.each([
    // the rule; must its starts win the environment's gate, must the facts tell of the whole environment
    ['enabled', 'environment', true, true],
    ['report_only', 'environment', false, true],
    ['disabled', 'environment', false, false],
    ['enabled', 'product_environment', false, false],
  ] as const)('%s per %s: %s, %s', (status, per, gate, facts) => {
    const rules = [builtInConcurrency, rule('mine', status, { per })];
    expect([spansProducts(rules), needsEnvironmentHolders(rules)]).toEqual([gate, facts]);
  });
});
