import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sampleRule } from '../../test/support/sample-attempt.js';
import type { ConcurrencyScope, FactNeeds, RuleStatus } from './checks/check.js';
import {
  builtInConcurrency,
  covers,
  isUnreadable,
  needsOf,
  noNeeds,
  type Rule,
  spansProducts,
  type UnreadableRule,
  withBuiltIn,
} from './rule.js';

function concurrency(status: RuleStatus, per: ConcurrencyScope): Rule {
  return sampleRule('concurrency', { maxConcurrent: 2, per }, { status });
}

function unreadable(status: RuleStatus): UnreadableRule {
  return { id: 'id', revision: 1, name: 'old', type: 'concurrency', status, unreadable: 'body.config: field required' };
}

const approval = sampleRule('approval', {
  requiredApprovals: 1,
  approverRoles: ['manager'],
  validForHours: null,
  allowSelfApproval: false,
  per: 'version',
  unidentified: 'allow',
});
const flow = sampleRule('flow', {
  requiredEnvironments: ['Dev', 'staging'],
  targetEnvironment: 'production',
  strictOrder: false,
  soakMinutes: {},
  applyToRollbacks: false,
});
const cooldown = sampleRule('cooldown', { minutes: 5, applyToRollbacks: true });
const quality = sampleRule('version_approval', { requiredApprovalTypes: ['qa'], prerequisiteEnvironment: 'Staging' });

describe('withBuiltIn', () => {
  it.each([
    // the account's rules; does the built-in one stay
    ['none', [], true],
    ['an enabled one per cell', [concurrency('enabled', 'product_environment')], false],
    // Tried out, it replaces nothing.
    ['a report-only one per cell', [concurrency('report_only', 'product_environment')], true],
    ['a disabled one per cell', [concurrency('disabled', 'product_environment')], true],
    // These come on top.
    ['an enabled one per environment', [concurrency('enabled', 'environment')], true],
    ['both', [concurrency('enabled', 'environment'), concurrency('enabled', 'product_environment')], false],
    ['one that cannot be read', [unreadable('enabled')], true],
    ['others', [approval, flow], true],
  ] as const)('%s: built in %s', (_, rules, stays) => {
    expect(withBuiltIn(rules)).toEqual(stays ? [builtInConcurrency, ...rules] : rules);
  });
});

describe('spansProducts', () => {
  it.each([
    ['enabled', 'environment', true],
    ['report_only', 'environment', false],
    ['disabled', 'environment', false],
    ['enabled', 'product_environment', false],
  ] as const)('%s per %s: %s', (status, per, spans) => {
    expect(spansProducts([builtInConcurrency, approval, concurrency(status, per)])).toBe(spans);
  });

  it('does not ask what cannot be read', () => expect(spansProducts([unreadable('enabled')])).toBe(false));
});

describe('needsOf', () => {
  it.each([
    ['nothing', [], {}],
    ['what is built in', [builtInConcurrency], {}],
    ['per environment', [concurrency('enabled', 'environment')], { environmentHolders: true }],
    // A rule that only reports is evaluated like any other.
    ['report-only', [concurrency('report_only', 'environment')], { environmentHolders: true }],
    ['disabled', [concurrency('disabled', 'environment'), { ...approval, status: 'disabled' }], {}],
    ['unreadable', [unreadable('enabled')], {}],
    ['approval', [approval], { approvals: true }],
    ['flow', [flow], { here: true, elsewhere: ['dev', 'staging'] }],
    ['cooldown, rollbacks too', [cooldown], { lastCompletion: true }],
    // Each environment once.
    ['flow and quality', [flow, quality], { here: true, elsewhere: ['dev', 'staging'], approvals: true }],
    [
      'all',
      [cooldown, quality, flow, approval],
      { here: true, elsewhere: ['staging', 'dev'], approvals: true, lastCompletion: true },
    ],
  ] as const)('%s', (_, rules, needs) => {
    expect(needsOf(rules)).toEqual({ ...noNeeds, ...needs });
  });
});

describe('covers', () => {
  const needs: fc.Arbitrary<FactNeeds> = fc.record({
    environmentHolders: fc.boolean(),
    here: fc.boolean(),
    elsewhere: fc.subarray(['dev', 'staging', 'qa']),
    lastCompletion: fc.boolean(),
    durations: fc.boolean(),
    approvals: fc.boolean(),
  });

  it.each([
    [{}, {}, true],
    [{ here: true }, {}, true],
    [{}, { here: true }, false],
    [{}, { environmentHolders: true }, false],
    [{}, { lastCompletion: true }, false],
    [{}, { durations: true }, false],
    [{}, { approvals: true }, false],
    [{ elsewhere: ['dev', 'qa'] }, { elsewhere: ['qa'] }, true],
    [{ elsewhere: ['dev', 'qa'] }, { elsewhere: ['qa', 'dev'] }, true],
    [{ elsewhere: ['dev'] }, { elsewhere: ['dev', 'qa'] }, false],
  ])('%j is enough for %j: %s', (read, needed, enough) => {
    expect(covers({ ...noNeeds, ...read }, { ...noNeeds, ...needed })).toBe(enough);
  });

  it('is true of itself and of nothing at all, and never false of less', () => {
    fc.assert(
      fc.property(needs, needs, needs, (a, b, c) => {
        expect(covers(a, a)).toBe(true);
        expect(covers(a, noNeeds)).toBe(true);
        expect(covers(a, b) && covers(b, c) && !covers(a, c)).toBe(false);
        expect(covers(a, b) && covers(b, a)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});

it('tells what cannot be read from what can', () => {
  expect([unreadable('enabled'), builtInConcurrency].map(isUnreadable)).toEqual([true, false]);
});
