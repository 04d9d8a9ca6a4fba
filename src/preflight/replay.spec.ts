import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryAttempt, arbitraryFacts, sentRule, type SentRule } from '../../test/support/arbitrary-policy.js';
import { full } from '../../test/support/full.js';
import { before, checkedAt, sampleAttempt, samplePreflightFacts } from '../../test/support/sample-attempt.js';
import { toWireSecondsUp } from '../common/wire-time.js';
import { type StoredRule, toRule } from '../rules/to-rule.js';
import { applyOverrides, type OverrideGrant } from './apply-overrides.js';
import type { Attempt, PreflightFacts } from './checks/check.js';
import { evaluate } from './evaluate.js';
import { toFactsRecord } from './facts.record.js';
import { type RecordedAttempt, replay } from './replay.js';
import { withBuiltIn } from './rule.js';
import { blockCodes } from './verdict.js';
import { toViolationDto } from './verdict.mapper.js';

const deployers = { replaces: null, deployers: [] };

function stored(sent: SentRule, i = 0): StoredRule {
  return { ...sent, id: `rule ${i}`, revision: i + 1, name: `rule ${i}`, message: null };
}

/** What is recorded of a start, as it comes back from the database. */
function recorded(
  rules: readonly StoredRule[],
  attempt: Attempt,
  facts: PreflightFacts,
  grants: readonly OverrideGrant[],
): RecordedAttempt {
  const read = withBuiltIn(rules.map(toRule));
  const { verdict, override } = applyOverrides(evaluate(read, attempt, facts), grants);
  const { blocking } = verdict;
  const record: RecordedAttempt = {
    verdict: {
      statusCode: blocking === null ? 200 : blockCodes[blocking.code],
      code: blocking?.code ?? null,
      message: blocking?.message ?? null,
      retryAfter: blocking?.retryAfter ? toWireSecondsUp(blocking.retryAfter) : null,
      violations: verdict.violations.map((one) => toViolationDto(one, override)),
    },
    withoutStart: false,
    facts: toFactsRecord(attempt, facts, read, grants, deployers),
    rules,
  };
  return JSON.parse(JSON.stringify(record)) as RecordedAttempt;
}

const grant = fc
  .record({ id: fc.option(fc.constant('override')), includesConcurrency: fc.boolean() })
  .map((fields): OverrideGrant => ({ ...fields, by: { kind: 'user', id: 'ada', name: 'Ada' }, reason: 'incident' }));

const cooldown = (minutes: number): StoredRule => stored({ type: 'cooldown', status: 'enabled', config: { minutes } });
const blocked = recorded([cooldown(60)], sampleAttempt(), samplePreflightFacts({ lastCompletedAt: before(10) }), []);

describe('replay', () => {
  it('comes to the same from the same facts, rules and overrides', () => {
    fc.assert(
      fc.property(
        arbitraryAttempt,
        arbitraryFacts(checkedAt),
        fc.array(sentRule, { maxLength: 6 }),
        fc.array(grant, { maxLength: 2 }),
        (attempt, facts, sent, grants) => {
          const attempted = recorded(sent.map(stored), attempt, facts, grants);
          expect(replay(attempted)).toEqual({ same: true, replayed: attempted.verdict });
        },
      ),
      { numRuns: full(5_000, 300) },
    );
  });

  it('comes to what other rules would have said', () => {
    const { same, replayed } = replay({ ...blocked, rules: [cooldown(5)] });
    expect([same, replayed]).toEqual([
      false,
      { statusCode: 201, code: null, message: null, retryAfter: null, violations: [] },
    ]);
    expect(replay({ ...blocked, rules: [cooldown(61)] })).toMatchObject({
      same: false,
      replayed: { statusCode: 428, code: 'COOLDOWN_ACTIVE', retryAfter: '2026-03-02T14:51:00Z' },
    });
  });

  it.each<[string, Partial<RecordedAttempt['verdict']>]>([
    ['code', { code: 'FLOW_VIOLATION' }],
    ['message', { message: 'No.' }],
    ['retry time', { retryAfter: '2026-03-02T14:50:01Z' }],
    ['violations', { violations: [] }],
  ])('sees another %s', (_, verdict) => {
    expect(replay({ ...blocked, verdict: { ...blocked.verdict, ...verdict } }).same).toBe(false);
  });

  it('tells of a rule that cannot be evaluated any more, but where it happened anyway', () => {
    const gone = { ...cooldown(60), type: 'moon_phase' };
    expect(() => replay({ ...blocked, rules: [gone] })).toThrow(/the type moon_phase is unknown/);
    expect(replay({ ...blocked, rules: [gone], withoutStart: true }).same).toBe(false);
  });
});
