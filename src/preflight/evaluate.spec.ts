import { describe, expect, it } from '@jest/globals';
import {
  before,
  checkedAt,
  sampleApproval,
  sampleAttempt,
  sampleCompletions,
  sampleElsewhere,
  sampleHolder,
  samplePreflightFacts,
  sampleRule,
} from '../../test/support/sample-attempt.js';
import type { RuleStatus } from './checks/check.js';
import { readScheduleConfig } from './checks/schedule.config.js';
import { evaluate } from './evaluate.js';
import { builtInConcurrency, type Rule, type UnreadableRule } from './rule.js';
import { type BlockCode, blockCodes } from './verdict.js';

const attempt = sampleAttempt();
const free = samplePreflightFacts();
const taken = samplePreflightFacts({
  holders: { product_environment: [sampleHolder()], environment: [sampleHolder()] },
});

function concurrency(name: string, status: RuleStatus = 'enabled', maxConcurrent = 1): Rule {
  return sampleRule('concurrency', { maxConcurrent, per: 'product_environment' }, { name, status });
}

function cooldown(name: string, minutes: number, status: RuleStatus = 'enabled'): Rule {
  return sampleRule('cooldown', { minutes, applyToRollbacks: false }, { name, status });
}

function unreadable(status: RuleStatus): UnreadableRule {
  return {
    id: 'id of old',
    revision: 7,
    name: 'old',
    type: 'flow',
    status,
    unreadable: 'config.minutes: field required',
  };
}

describe('evaluate', () => {
  it('lets through what meets every rule, and tells which were asked', () => {
    const asked = { ruleType: 'concurrency', status: 'enabled', result: 'passed', errorCode: null, errorMessage: null };
    expect(evaluate([builtInConcurrency, concurrency('mine')], attempt, free)).toEqual({
      checkedAt,
      blocking: null,
      violations: [],
      rulesEvaluated: [
        { ...asked, ruleId: null, ruleName: 'Concurrency (built in)' },
        { ...asked, ruleId: 'id of mine', ruleName: 'mine' },
      ],
      warnings: [],
    });
  });

  it.each([
    // status of the rule; what became of it, the recorded violations, whether the attempt is blocked
    ['enabled', 'failed', ['enabled'], true],
    ['report_only', 'failed', ['report_only'], false],
    ['disabled', 'skipped', [], false],
  ] as const)('%s: %s', (status, result, violations, blocks) => {
    const verdict = evaluate([concurrency('mine', status)], attempt, taken);
    expect(verdict.rulesEvaluated.map((one) => [one.status, one.result, one.errorCode])).toEqual([
      [status, result, result === 'failed' ? 'CONCURRENT_DEPLOYMENT' : null],
    ]);
    expect(verdict.violations.map((one) => one.status)).toEqual(violations);
    expect(verdict.blocking?.ruleName ?? null).toBe(blocks ? 'mine' : null);
  });

  it('does not let a report-only rule hide an enforced one', () => {
    const rules = [concurrency('trial', 'report_only'), concurrency('mine'), concurrency('old', 'disabled')];
    const verdict = evaluate(rules, attempt, taken);
    expect(verdict.violations.map(({ ruleName }) => ruleName)).toEqual(['trial', 'mine']);
    expect(verdict.blocking?.ruleName).toBe('mine');
  });

  it('lets the strictest of several enabled rules win', () => {
    const rules = [concurrency('two', 'enabled', 2), concurrency('one')];
    expect(evaluate(rules, attempt, taken).blocking?.ruleName).toBe('one');
  });

  it('answers with the one that ends last among those of one code', () => {
    const facts = { ...free, lastCompletedAt: before(10) };
    const verdict = evaluate([cooldown('short', 20), cooldown('long', 60), cooldown('middle', 30)], attempt, facts);
    expect(verdict.violations.map(({ ruleName }) => ruleName)).toEqual(['long', 'middle', 'short']);
    expect(verdict.blocking?.retryAfter).toEqual(before(-50));
  });

  it('says what the rule says in place of the check, and leaves the details', () => {
    const plain = concurrency('mine');
    const [own] = evaluate([plain], attempt, taken).violations;
    const verdict = evaluate([{ ...plain, message: 'One at a time, please' }], attempt, taken);
    expect(verdict.blocking).toEqual({ ...own, message: 'One at a time, please' });
    expect(verdict.rulesEvaluated[0]?.errorMessage).toBe('One at a time, please');
  });

  it('tells of a rule that asks nothing of a rollback as skipped', () => {
    const facts = {
      ...free,
      lastCompletedAt: before(1),
      here: sampleCompletions('production', { firstAt: before(900) }),
    };
    expect(evaluate([cooldown('rest', 60)], attempt, facts)).toMatchObject({
      blocking: null,
      violations: [],
      rulesEvaluated: [{ ruleName: 'rest', status: 'enabled', result: 'skipped', errorCode: null, errorMessage: null }],
    });
  });

  it('tells every violation of one rule, and the first in its entry', () => {
    const flow = sampleRule('flow', {
      requiredEnvironments: ['dev', 'test', 'staging'],
      targetEnvironment: 'production',
      strictOrder: false,
      soakMinutes: { test: 60, staging: 90 },
      applyToRollbacks: false,
    });
    const elsewhere = sampleElsewhere({ dev: {}, test: { firstAt: before(1) }, staging: { firstAt: before(1) } });
    const verdict = evaluate([flow], attempt, { ...free, elsewhere });
    expect(verdict.violations.map(({ code, details }) => [code, details['environment']])).toEqual([
      ['FLOW_VIOLATION', undefined],
      ['INSUFFICIENT_SOAK_TIME', 'staging'],
      ['INSUFFICIENT_SOAK_TIME', 'test'],
    ]);
    expect(verdict.rulesEvaluated.map(({ result, errorCode }) => [result, errorCode])).toEqual([
      ['failed', 'FLOW_VIOLATION'],
    ]);
  });

  it('warns once of what several rules warn of, whether they pass or not', () => {
    const approval = (requiredApprovals: number, status: RuleStatus) =>
      sampleRule(
        'approval',
        {
          requiredApprovals,
          approverRoles: ['team-lead'],
          validForHours: null,
          allowSelfApproval: false,
          per: 'version',
          unidentified: 'allow',
        },
        { name: `${requiredApprovals}`, status },
      );
    const facts = samplePreflightFacts({ approvals: [sampleApproval('ada')], unidentified: ['build'] });
    const warnings = (...rules: readonly Rule[]) => evaluate(rules, attempt, facts).warnings;
    const [warning] = warnings(approval(1, 'enabled'));
    expect(warning).toMatch(/unknown who triggered a build/);
    expect(warnings(approval(1, 'enabled'), approval(2, 'report_only'), approval(3, 'enabled'))).toEqual([warning]);
    expect(warnings(approval(1, 'disabled'))).toEqual([]);
  });
});

describe('evaluate where a rule cannot be evaluated', () => {
  const broken = (status: RuleStatus) => ({ ...concurrency('broken', status), type: 'unheard of' }) as unknown as Rule;

  it.each([
    ['cannot be read', unreadable('enabled'), /old \(id of old\) cannot be read: config.minutes: field required/],
    ['is of no known type', broken('enabled'), undefined],
  ] as const)('throws where an enabled one %s, even if another one blocks', (_, rule, words) => {
    expect(() => evaluate([concurrency('mine'), rule], attempt, taken)).toThrow(words);
  });

  it.each([
    ['old', unreadable('report_only')],
    ['broken', broken('report_only')],
  ] as const)('warns where one that only reports is %s', (name, rule) => {
    const verdict = evaluate([rule, concurrency('mine')], attempt, taken);
    expect(verdict.warnings).toEqual([`The report-only rule ${name} could not be evaluated`]);
    expect(verdict.rulesEvaluated.map(({ ruleName, result, errorCode }) => [ruleName, result, errorCode])).toEqual([
      [name, 'skipped', null],
      ['mine', 'failed', 'CONCURRENT_DEPLOYMENT'],
    ]);
    expect(verdict.blocking?.ruleName).toBe('mine');
  });

  it('does not mind a disabled one', () => {
    const verdict = evaluate([unreadable('disabled'), broken('disabled')], attempt, free);
    expect([verdict.blocking, verdict.warnings]).toEqual([null, []]);
    expect(verdict.rulesEvaluated.map(({ result }) => result)).toEqual(['skipped', 'skipped']);
  });
});

describe('evaluate in windows', () => {
  /** Freezes since the day before, until the moment that is given. */
  function windows(...untils: readonly (readonly [RuleStatus, Date])[]): Rule[] {
    return untils.map(([status, until], i) => {
      const window = { start: '2026-03-01T00:00:00Z', end: until.toISOString() };
      const reading = readScheduleConfig({ mode: 'deny', recurrence: 'once', windows: [window], reason: 'freeze' }, []);
      if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
      return sampleRule('schedule', reading.config, { name: `freeze ${i}`, status });
    });
  }

  it.each([
    // closed for how many minutes still, and how enforced; until when each says
    [[['enabled', 60]], [60]],
    [
      [
        ['enabled', 60],
        ['enabled', 90],
      ],
      [90, 90],
    ],
    // What only reports neither lengthens nor shortens a refusal.
    [
      [
        ['enabled', 60],
        ['report_only', 90],
      ],
      [90, 60],
    ],
    [
      [
        ['report_only', 60],
        ['report_only', 90],
      ],
      [90, 60],
    ],
    [
      [
        ['enabled', 60],
        ['disabled', 90],
      ],
      [60],
    ],
  ] as const)('%j: %j', (closed, ends) => {
    const rules = windows(...closed.map(([status, minutes]) => [status, before(-minutes)] as const));
    const verdict = evaluate(rules, attempt, free);
    expect(verdict.violations.map(({ retryAfter, endsAt }) => [retryAfter, endsAt])).toEqual(
      ends.map((minutes) => [before(-minutes), before(-minutes)]),
    );
  });

  it('answers with a window before all else', () => {
    const rules = [concurrency('mine'), cooldown('rest', 60), ...windows(['enabled', before(-5)])];
    const verdict = evaluate(rules, attempt, { ...taken, lastCompletedAt: before(1) });
    expect(verdict.violations.map(({ code }): BlockCode => code)).toEqual([
      'NO_DEPLOY_WINDOW',
      'COOLDOWN_ACTIVE',
      'CONCURRENT_DEPLOYMENT',
    ]);
    expect(blockCodes[verdict.blocking!.code]).toBe(423);
  });
});
