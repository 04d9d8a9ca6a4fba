import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import type { PreflightFacts, RuleStatus } from './checks/check.js';
import { readSchedule } from '../../test/support/decide-schedule.js';
import { firstOpenMoment } from './first-open-moment.js';
import { builtInConcurrency, type Rule, type UnreadableRule } from './rule.js';

function rule(json: object, status: RuleStatus = 'enabled'): Rule {
  return { id: 'id', revision: 1, name: 'rule', message: null, type: 'schedule', status, config: readSchedule(json) };
}

function open(rules: readonly (Rule | UnreadableRule)[], now: string, p95Ms: number | null = null): string | null {
  const facts = { now: new Date(now), p95Ms } as unknown as PreflightFacts;
  return firstOpenMoment(rules, facts)?.toISOString() ?? null;
}

const daily = (start_time: string, end_time: string, more: object = {}) => ({
  recurrence: 'daily',
  windows: [{ start_time, end_time }],
  ...more,
});
const once = (start: string, end: string) => ({ recurrence: 'once', windows: [{ start, end }] });
const hourly = (minute: number, duration_minutes: number, every = 1) => ({
  recurrence: 'rrule',
  windows: [{ rrule: `FREQ=HOURLY;INTERVAL=${every}`, dtstart: `2020-01-01T00:0${minute}`, duration_minutes }],
});
const allow = { mode: 'allow' };

const unreadable: UnreadableRule = {
  id: 'id',
  revision: 1,
  name: 'old',
  type: 'schedule',
  status: 'enabled',
  unreadable: 'why',
};

describe('firstOpenMoment', () => {
  it.each([
    ['no rule', [], '2026-06-01T12:00:00.000Z'],
    ['an open rule', [rule(daily('13:00', '14:00'))], '2026-06-01T12:00:00.000Z'],
    ['a closed rule', [rule(daily('12:00', '14:00'))], '2026-06-01T14:00:00.000Z'],
    ['rules that overlap', [rule(daily('11:00', '13:00')), rule(daily('12:30', '14:00'))], '2026-06-01T14:00:00.000Z'],
    ['rules that touch', [rule(daily('13:00', '14:00')), rule(daily('11:00', '13:00'))], '2026-06-01T14:00:00.000Z'],
    ['rules with a gap', [rule(daily('11:00', '13:00')), rule(daily('13:01', '14:00'))], '2026-06-01T13:00:00.000Z'],
    [
      'a deny within what is allowed',
      [rule(daily('13:00', '17:00', allow)), rule(daily('12:00', '15:00'))],
      '2026-06-01T15:00:00.000Z',
    ],
    [
      'only report-only and disabled ones',
      [rule(daily('11:00', '13:00'), 'report_only'), rule(daily('11:00', '14:00'), 'disabled')],
      '2026-06-01T12:00:00.000Z',
    ],
    [
      'what is no schedule, or cannot be read',
      [builtInConcurrency, unreadable, rule(daily('11:00', '13:00'))],
      '2026-06-01T13:00:00.000Z',
    ],
    [
      'a freeze of years',
      [rule(once('2026-01-01T00:00', '2029-01-01T10:00')), rule(daily('09:00', '17:00'))],
      '2029-01-01T17:00:00.000Z',
    ],
    ['a rule that never opens', [rule(daily('00:00', '24:00')), rule(daily('11:00', '13:00'))], null],
    [
      'an allow and a deny that leave nothing',
      [rule(daily('09:00', '17:00', allow)), rule(daily('08:00', '18:00'))],
      null,
    ],
    [
      'allows that exclude each other',
      [rule(daily('09:00', '12:00', allow)), rule(daily('12:00', '17:00', allow))],
      null,
    ],
    ['rules that fill each other’s gaps every hour', [rule(hourly(0, 30)), rule(hourly(5, 55))], null],
    [
      'the same until one of them leaves out an hour',
      [rule(hourly(0, 30)), rule(hourly(5, 595, 11))],
      '2026-06-01T21:30:00.000Z',
    ],
    [
      'a runway up to the next rule’s window',
      [rule(daily('11:00', '13:00')), rule(daily('13:30', '14:00', { runway_minutes: 60 }))],
      '2026-06-01T14:00:00.000Z',
    ],
    [
      'a runway as long as the gap',
      [rule(daily('11:00', '13:00')), rule(daily('14:00', '15:00', { runway_minutes: 60 }))],
      '2026-06-01T13:00:00.000Z',
    ],
  ] as const)('%s', (_, rules, expected) => {
    expect(open(rules, '2026-06-01T12:00:00.000Z')).toBe(expected);
  });

  it('takes the runway from what deployments took', () => {
    const rules = [rule(daily('11:00', '13:00')), rule(daily('13:30', '14:00', { runway: 'p95' }))];
    const hour = 3_600_000;
    expect(open(rules, '2026-06-01T12:00:00Z', null)).toBe('2026-06-01T13:00:00.000Z');
    expect(open(rules, '2026-06-01T12:00:00Z', hour)).toBe('2026-06-01T14:00:00.000Z');
  });

  it('goes through a chain of two hundred rules', () => {
    const rules = Array.from({ length: 200 }, (_, i) => {
      const start = Date.UTC(2026, 5, 1, 12 + i);
      return rule(once(new Date(start).toISOString(), new Date(start + 3_600_000).toISOString()));
    }).toReversed();
    expect(open(rules, '2026-06-01T12:30:00.000Z')).toBe('2026-06-09T20:00:00.000Z');
  });
});
