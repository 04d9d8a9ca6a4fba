import { describe, expect, it } from '@jest/globals';
import {
  before,
  checkedAt,
  sampleAttempt,
  sampleHolder,
  samplePreflightFacts,
  sampleRule,
} from '../../test/support/sample-attempt.js';
import { applyOverrides, type OverrideGrant } from './apply-overrides.js';
import type { PreflightFacts, RuleStatus } from './checks/check.js';
import { evaluate } from './evaluate.js';
import { builtInConcurrency } from './rule.js';
import type { Verdict } from './verdict.js';

const taken: Partial<PreflightFacts> = { holders: { product_environment: [sampleHolder()], environment: [] } };
const soon: Partial<PreflightFacts> = { lastCompletedAt: before(10) };

function verdictOf(facts: Partial<PreflightFacts>, cooldownStatus: RuleStatus = 'enabled'): Verdict {
  const cooldown = sampleRule('cooldown', { minutes: 60, applyToRollbacks: false }, { status: cooldownStatus });
  return evaluate([builtInConcurrency, cooldown], sampleAttempt(), samplePreflightFacts(facts));
}

function grant(id: string | null, includesConcurrency = false): OverrideGrant {
  return { id, includesConcurrency, by: { kind: 'user', id: 'ada', name: 'Ada' }, reason: 'incident' };
}

const plain = grant('plain');
const flag = grant(null);
const other = grant('other');
const both = grant('both', true);

describe('applyOverrides', () => {
  it.each<[string, Partial<PreflightFacts>, OverrideGrant[], OverrideGrant | null, string | null]>([
    ['what passes', {}, [plain], null, null],
    ['what is blocked', soon, [], null, 'COOLDOWN_ACTIVE'],
    ['what is blocked', soon, [plain], plain, null],
    ['what is blocked, the first one alone', soon, [plain, other], plain, null],
    ['what is blocked, the flag before others', soon, [flag, plain], flag, null],
    ['another deployment in progress', taken, [plain], null, 'CONCURRENT_DEPLOYMENT'],
    ['another deployment in progress', taken, [both], both, null],
    ['both', { ...soon, ...taken }, [], null, 'COOLDOWN_ACTIVE'],
    [
      'both: who could go but for the other one is told of that one',
      { ...soon, ...taken },
      [plain],
      null,
      'CONCURRENT_DEPLOYMENT',
    ],
    ['both', { ...soon, ...taken }, [plain, both, other], both, null],
  ])('%s (%j) under %j', (_, facts, grants, used, code) => {
    const verdict = verdictOf(facts);
    const ruling = applyOverrides(verdict, grants);
    expect(ruling.override).toBe(used);
    expect(ruling.verdict.blocking?.code ?? null).toBe(code);
    // What was found is told all the same.
    expect(ruling.verdict.violations).toEqual(verdict.violations);
  });

  it('spends nothing on what only reports', () => {
    const { verdict, override } = applyOverrides(verdictOf(soon, 'report_only'), [plain]);
    expect([override, verdict.blocking, verdict.violations.length]).toEqual([null, null, 1]);
  });

  it('lifts the rest where concurrency only reports', () => {
    const reporting = sampleRule('concurrency', { maxConcurrent: 1, per: 'environment' }, { status: 'report_only' });
    const cooldown = sampleRule('cooldown', { minutes: 60, applyToRollbacks: false });
    const facts = samplePreflightFacts({
      ...soon,
      holders: { product_environment: [], environment: [sampleHolder()] },
    });
    const verdict = evaluate([builtInConcurrency, reporting, cooldown], sampleAttempt(), facts);
    expect(applyOverrides(verdict, [plain])).toEqual({ verdict: { ...verdict, blocking: null }, override: plain });
    expect(verdict.checkedAt).toEqual(checkedAt);
  });
});
