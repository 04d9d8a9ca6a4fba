import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import {
  before,
  sampleApproval,
  sampleAttempt,
  sampleCompletions,
  sampleElsewhere,
  sampleHolder,
  samplePreflightFacts,
  sampleRule,
} from '../../test/support/sample-attempt.js';
import type { PreflightFacts, RuleStatus } from './checks/check.js';
import { checks } from './checks/index.js';
import { evaluate } from './evaluate.js';
import type { Rule } from './rule.js';
import { block, type BlockCode, blockCodes, type Violation } from './verdict.js';

const codes = Object.keys(blockCodes) as BlockCode[];
const minutes = fc.integer({ min: 0, max: 120 });
const ago = fc.option(minutes).map((some) => (some === null ? null : before(some)));
const many = { numRuns: 500 };

const config: fc.Arbitrary<Rule> = fc.oneof(
  fc
    .record({ minutes: fc.integer({ min: 1, max: 120 }), applyToRollbacks: fc.boolean() })
    .map((config): Rule => sampleRule('cooldown', config)),
  fc
    .record({ strictOrder: fc.boolean(), dev: minutes, staging: minutes })
    .map(({ strictOrder, ...soakMinutes }): Rule =>
      sampleRule('flow', {
        requiredEnvironments: ['dev', 'staging'],
        targetEnvironment: 'production',
        strictOrder,
        soakMinutes,
        applyToRollbacks: false,
      }),
    ),
  fc.integer({ min: 1, max: 3 }).map((requiredApprovals): Rule =>
    sampleRule('approval', {
      requiredApprovals,
      approverRoles: ['team-lead'],
      validForHours: 1,
      allowSelfApproval: false,
      per: 'version',
      unidentified: 'allow',
    }),
  ),
  fc
    .constantFrom('qa' as const, 'uat' as const)
    .map((type): Rule =>
      sampleRule('version_approval', { requiredApprovalTypes: [type], prerequisiteEnvironment: null }),
    ),
  fc
    .integer({ min: 1, max: 3 })
    .map((maxConcurrent): Rule => sampleRule('concurrency', { maxConcurrent, per: 'environment' })),
);

const status = fc.constantFrom<RuleStatus>('enabled', 'enabled', 'report_only', 'disabled');
const rules = fc
  .array(fc.tuple(config, status), { maxLength: 8 })
  .map((drawn) => drawn.map(([rule, status], i): Rule => ({ ...rule, status, id: `${i}`, name: `rule ${i}` })));

const place = fc.record({ firstAt: ago, isDeployed: fc.boolean() });
const facts: fc.Arbitrary<PreflightFacts> = fc
  .record({
    dev: place,
    staging: place,
    here: fc.constantFrom(null, null, before(500)),
    lastCompletedAt: ago,
    stale: fc.array(fc.option(minutes), { maxLength: 3 }),
    approvers: fc.subarray(['ada', 'grace', 'linus']),
    types: fc.subarray([null, null, 'qa', 'uat'] as const),
  })
  .map(({ dev, staging, here, lastCompletedAt, stale, approvers, types }) => {
    const environment = stale.map((some) => sampleHolder({ staleAt: some === null ? null : before(-some - 1) }));
    return samplePreflightFacts({
      elsewhere: sampleElsewhere({ dev, staging }),
      here: sampleCompletions('production', { firstAt: here }),
      lastCompletedAt,
      holders: { environment, product_environment: [] },
      approvals: approvers.flatMap((who) => types.map((type) => sampleApproval(who, { type, at: before(30) }))),
    });
  });

const attempt = sampleAttempt();
const enforcedOf = (violations: readonly Violation[]) => violations.filter(({ status }) => status === 'enabled');

afterEach(() => {
  jest.restoreAllMocks();
});

describe('evaluate, whatever the rules and the facts', () => {
  it('answers with the first enforced violation in the documented order, whatever the order of the rules', () => {
    const violated = fc.uniqueArray(fc.record({ code: fc.constantFrom(...codes), enforced: fc.boolean() }), {
      selector: ({ code }) => code,
      minLength: 1,
    });
    fc.assert(
      fc.property(violated, (some) => {
        const rules = some.map(({ enforced }) =>
          sampleRule('cooldown', {} as never, { status: enforced ? 'enabled' : 'report_only' }),
        );
        const queue = [...some];
        const spy = jest.spyOn(checks.cooldown, 'evaluate');
        spy.mockImplementation(() => block(queue.shift()!.code, { message: 'no', details: {} }));
        const verdict = evaluate(rules, attempt, samplePreflightFacts());
        const enforced = new Set(some.filter((one) => one.enforced).map(({ code }) => code));
        expect(verdict.violations.map(({ code }) => code)).toEqual(
          codes.filter((code) => some.some((one) => one.code === code)),
        );
        expect(verdict.blocking?.code).toBe(codes.find((code) => enforced.has(code)));
      }),
    );
  });

  it('says the same in whatever order the rules come, up to the order of equals', () => {
    const shuffled = rules.chain((drawn) =>
      fc.tuple(fc.constant(drawn), fc.shuffledSubarray(drawn, { minLength: drawn.length })),
    );
    const rank = ({ code, retryAfter }: Violation) => `${code} ${retryAfter?.getTime()}`;
    const sorted = (list: readonly { readonly ruleId: string | null }[]) =>
      list.map((one) => JSON.stringify(one)).toSorted();
    fc.assert(
      fc.property(shuffled, facts, ([drawn, others], known) => {
        const [one, other] = [evaluate(drawn, attempt, known), evaluate(others, attempt, known)];
        expect(other.violations.map(rank)).toEqual(one.violations.map(rank));
        expect(sorted(other.violations)).toEqual(sorted(one.violations));
        expect(sorted(other.rulesEvaluated)).toEqual(sorted(one.rulesEvaluated));
        expect(other.warnings.toSorted()).toEqual(one.warnings.toSorted());
        expect(other.blocking && rank(other.blocking)).toEqual(one.blocking && rank(one.blocking));
      }),
      many,
    );
  });

  it('is blocked by an enabled rule or not at all', () => {
    fc.assert(
      fc.property(rules, facts, (drawn, known) => {
        const verdict = evaluate(drawn, attempt, known);
        const [first = null] = enforcedOf(verdict.violations);
        expect(verdict.blocking).toBe(first);
        const enabled = evaluate(
          drawn.filter((rule) => rule.status === 'enabled'),
          attempt,
          known,
        );
        expect(enabled.blocking).toEqual(verdict.blocking);
        const reporting = drawn.map((rule): Rule => ({ ...rule, status: 'report_only' }));
        expect(evaluate(reporting, attempt, known).blocking).toBeNull();
      }),
      many,
    );
  });

  it('never asks a disabled rule', () => {
    const asked = (Object.keys(checks) as (keyof typeof checks)[]).map((type) => jest.spyOn(checks[type], 'evaluate'));
    fc.assert(
      fc.property(rules, facts, (drawn, known) => {
        const disabled = drawn.map((rule): Rule => ({ ...rule, status: 'disabled' }));
        const verdict = evaluate(disabled, attempt, known);
        expect(verdict.rulesEvaluated.every(({ result }) => result === 'skipped')).toBe(true);
        expect([verdict.violations, verdict.warnings]).toEqual([[], []]);
      }),
    );
    for (const check of asked) expect(check).not.toHaveBeenCalled();
  });

  it('ends each violation exactly when it says', () => {
    fc.assert(
      fc.property(rules, facts, (drawn, known) => {
        for (const { ruleId, code, endsAt, details } of evaluate(drawn, attempt, known).violations) {
          const stillAt = (milliseconds: number) =>
            evaluate(drawn, attempt, { ...known, now: new Date(milliseconds) }).violations.some(
              (one) =>
                one.ruleId === ruleId && one.code === code && one.details['environment'] === details['environment'],
            );
          expect(stillAt(endsAt === null ? before(-1e6).getTime() : endsAt.getTime() - 1)).toBe(true);
          expect(endsAt !== null && stillAt(endsAt.getTime())).toBe(false);
        }
      }),
      many,
    );
  });

  it('does not turn away for the same reason who waits as long as the answer says', () => {
    fc.assert(
      fc.property(rules, facts, (drawn, known) => {
        const { blocking } = evaluate(drawn, attempt, known);
        if (blocking === null || blocking.retryAfter === null) return;
        const later = evaluate(drawn, attempt, { ...known, now: blocking.retryAfter });
        expect(enforcedOf(later.violations).map(({ code }) => code)).not.toContain(blocking.code);
      }),
      many,
    );
  });
});
