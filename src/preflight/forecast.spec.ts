import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryFacts, sentRule, toRules } from '../../test/support/arbitrary-policy.js';
import { full } from '../../test/support/full.js';
import {
  before,
  checkedAt,
  sampleApproval,
  sampleAttempt,
  sampleHolder,
  samplePreflightFacts,
  sampleRule,
} from '../../test/support/sample-attempt.js';
import type { PreflightFacts } from './checks/check.js';
import { readScheduleConfig } from './checks/schedule.config.js';
import { evaluate } from './evaluate.js';
import { type Forecast, forecast, forecastDays } from './forecast.js';
import { builtInConcurrency, type Rule, type UnreadableRule, withBuiltIn } from './rule.js';
import type { Verdict } from './verdict.js';

type Rules = readonly (Rule | UnreadableRule)[];

const attempt = sampleAttempt();

function verdictAt(rules: Rules, facts: PreflightFacts, now: Date): Verdict {
  return evaluate(rules, attempt, { ...facts, now });
}

function forecastOf(rules: Rules, facts: PreflightFacts): Forecast {
  return forecast(evaluate(rules, attempt, facts), (at) => verdictAt(rules, facts, at));
}

function schedule(name: string, json: object): Rule {
  const reading = readScheduleConfig(json, []);
  if ('faults' in reading) throw new Error(JSON.stringify(reading.faults));
  return sampleRule('schedule', reading.config, { name });
}

const cooldown = (minutes: number, status: Rule['status'] = 'enabled') =>
  sampleRule('cooldown', { minutes, applyToRollbacks: false }, { status });
/** It is Monday, 14:00. */
const closedUntil = (name: string, end_time: string) =>
  schedule(name, { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '12:00', end_time }] });
const closedFrom = (start_time: string, end_time: string) =>
  schedule('later', { mode: 'deny', recurrence: 'daily', windows: [{ start_time, end_time }] });
const always = schedule('always', {
  mode: 'deny',
  recurrence: 'daily',
  windows: [{ start_time: '00:00', end_time: '24:00' }],
});
const once = (start: string, end: string) =>
  schedule('once', { mode: 'deny', recurrence: 'once', windows: [{ start, end }] });
const onlyOnce = (start: string, end: string) =>
  schedule('only', { mode: 'allow', recurrence: 'once', windows: [{ start, end }] });
const oneLead = (validForHours: number | null) =>
  sampleRule('approval', {
    requiredApprovals: 1,
    approverRoles: ['team-lead'],
    validForHours,
    allowSelfApproval: false,
    per: 'version',
    unidentified: 'allow',
  });
const approvedHourAgo = { approvals: [sampleApproval('ada', { at: before(60) })] };
const deployedJustNow = { lastCompletedAt: checkedAt };
const taken = (staleInMinutes: number | null) => ({
  holders: {
    product_environment: [sampleHolder({ staleAt: staleInMinutes === null ? null : before(-staleInMinutes) })],
    environment: [],
  },
});

describe('the forecast', () => {
  it.each<[string, Rules, Partial<PreflightFacts>, string]>([
    ['now, where nothing stands in the way', [builtInConcurrency], {}, '2026-03-02T14:00:00.000Z'],
    ['now, where something only reports', [cooldown(60, 'report_only')], deployedJustNow, '2026-03-02T14:00:00.000Z'],
    ['when a window ends', [closedUntil('lunch', '15:30')], {}, '2026-03-02T15:30:00.000Z'],
    [
      'when the last of several windows ends',
      [closedUntil('a', '15:30'), closedFrom('15:30', '17:00'), closedUntil('c', '16:00')],
      {},
      '2026-03-02T17:00:00.000Z',
    ],
    ['when a cooldown ends', [cooldown(90)], deployedJustNow, '2026-03-02T15:30:00.000Z'],
    [
      'after the window that has opened by the end of the cooldown',
      [cooldown(90), closedFrom('15:00', '16:15')],
      deployedJustNow,
      '2026-03-02T16:15:00.000Z',
    ],
    [
      'before the window that opens after the end of the cooldown',
      [cooldown(90), closedFrom('15:31', '16:15')],
      deployedJustNow,
      '2026-03-02T15:30:00.000Z',
    ],
    ['when the holder is stale', [builtInConcurrency], taken(45), '2026-03-02T14:45:00.000Z'],
    [
      'the very moment at which an allowed time begins',
      [onlyOnce('2026-05-01T00:00:00', '2026-05-01T00:15:00')],
      {},
      '2026-05-01T00:00:00.000Z',
    ],
    [
      'the last instant of the 90 days',
      [once('2026-03-01T00:00:00', '2026-05-31T14:00:00')],
      {},
      '2026-05-31T14:00:00.000Z',
    ],
    [
      'while the approval still counts',
      [oneLead(3), closedUntil('lunch', '15:45')],
      approvedHourAgo,
      '2026-03-02T15:45:00.000Z',
    ],
  ])('is %s', (_, rules, facts, at) => {
    expect(forecastOf(rules, samplePreflightFacts(facts))).toEqual({ nextAllowedAt: new Date(at), needs: [] });
  });

  it.each<[string, Rules, Partial<PreflightFacts>]>([
    ['always closed', [always], {}],
    ['open only after 90 days', [once('2026-03-01T00:00:00', '2026-05-31T14:00:01')], {}],
    ['open only in the past', [onlyOnce('2026-03-01T00:00:00', '2026-03-02T14:00:00')], {}],
    [
      'closed whenever it would be open',
      [onlyOnce('2026-03-03T09:00:00', '2026-03-03T10:00:00'), cooldown(2880)],
      deployedJustNow,
    ],
  ])('finds no moment where it is %s, and no person can help', (_, rules, facts) => {
    expect(forecastOf(rules, samplePreflightFacts(facts))).toEqual({ nextAllowedAt: null, needs: [] });
  });

  it.each<[string, Rules, Partial<PreflightFacts>, string[]]>([
    ['an approval is missing', [oneLead(null)], {}, ['APPROVAL_REQUIRED']],
    ['it is missing beside a window', [closedUntil('lunch', '15:30'), oneLead(null)], {}, ['APPROVAL_REQUIRED']],
    ['it is missing, even where it is always closed', [always, oneLead(null)], {}, ['APPROVAL_REQUIRED']],
    [
      'it expires the moment the window ends',
      [oneLead(3), closedUntil('lunch', '16:00')],
      approvedHourAgo,
      ['APPROVAL_REQUIRED'],
    ],
    ['a holder is never stale', [builtInConcurrency], taken(null), ['CONCURRENT_DEPLOYMENT']],
  ])('needs a person where %s', (_, rules, facts, codes) => {
    const { nextAllowedAt, needs } = forecastOf(rules, samplePreflightFacts(facts));
    expect([nextAllowedAt, needs.map(({ code }) => code)]).toEqual([null, codes]);
  });

  it('refuses to go round in a circle', () => {
    const verdict = verdictAt([cooldown(60)], samplePreflightFacts(deployedJustNow), checkedAt);
    expect(() => forecast(verdict, (at) => ({ ...verdict, checkedAt: at }))).toThrow(/ended by then/);
  });

  it('is the first quarter of an hour at which somebody who tries each of them gets through', () => {
    fc.assert(
      fc.property(fc.array(sentRule, { minLength: 1, maxLength: 4 }), arbitraryFacts(checkedAt), (sent, facts) => {
        const rules = withBuiltIn(toRules(sent));
        const passes = (minutes: number) => verdictAt(rules, facts, before(-minutes)).blocking === null;
        const { nextAllowedAt, needs } = forecastOf(rules, facts);
        const end = nextAllowedAt === null ? Infinity : (nextAllowedAt.getTime() - checkedAt.getTime()) / 60_000;

        // Every quarter of the first days, and after that every thirty-first.
        for (let minutes = 0; minutes < Math.min(end, forecastDays * 1_440); minutes += minutes < 2_880 ? 15 : 31 * 15)
          expect([minutes, passes(minutes)]).toEqual([minutes, false]);
        if (nextAllowedAt !== null) expect([passes(end), needs]).toEqual([true, []]);
      }),
      { numRuns: full(2_000, 60) },
    );
  }, 600_000);
});
