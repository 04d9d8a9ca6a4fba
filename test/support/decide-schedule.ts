import { describe, expect, it } from '@jest/globals';
import type { CheckResult, PreflightFacts } from '../../src/preflight/checks/check.js';
import { scheduleCheck } from '../../src/preflight/checks/schedule.check.js';
import { readScheduleConfig, type ScheduleConfig } from '../../src/preflight/checks/schedule.config.js';

/** A schedule as the wire has it, read; the mode is `deny` unless said otherwise. */
export function readSchedule(json: object): ScheduleConfig {
  const read = readScheduleConfig({ mode: 'deny', ...json }, ['config']);
  if ('faults' in read) throw new Error(JSON.stringify(read.faults));
  return read.config;
}

/** What a rule called `freeze` says at a moment. */
export function decideSchedule(json: object, now: string, p95Ms: number | null = null): CheckResult {
  const attempt = { productName: 'my-service', version: '2.0.0', environmentName: 'production' };
  const facts = { now: new Date(now), p95Ms } as unknown as PreflightFacts;
  return scheduleCheck.evaluate(readSchedule(json), attempt, facts, { name: 'freeze' });
}

/** Null: passes. Else window_start and window_end; the end in UTC is the retry time. */
export type Expected = readonly [start: string | null, end: string | null] | null;

export function expectDecision(json: object, now: string, expected: Expected, p95Ms: number | null = null): void {
  const { kind, findings } = decideSchedule(json, now, p95Ms);
  expect(kind).toBe(expected === null ? 'passed' : 'failed');
  if (expected === null) return;
  const [start, end] = expected;
  const retryAfter = end === null ? null : new Date(end);
  expect(findings).toMatchObject([
    { code: 'NO_DEPLOY_WINDOW', retryAfter, endsAt: retryAfter, details: { window_start: start, window_end: end } },
  ]);
}

interface Group {
  readonly name: string;
  readonly config: object;
  readonly rows: readonly (readonly [now: string, expected: Expected])[];
}

/** One test for each row of each group. */
export function scheduleTable(groups: readonly Group[]): void {
  describe.each(groups)('$name', ({ config, rows }) => {
    it.each(rows)('%s: %j', (now, expected) => expectDecision(config, now, expected));
  });
}

export const fridayFreeze = {
  timezone: 'America/Los_Angeles',
  recurrence: 'weekly',
  windows: [{ start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' }],
};

export const daily = (start_time: string, end_time: string, timezone = 'UTC') => ({
  timezone,
  recurrence: 'daily',
  windows: [{ start_time, end_time }],
});
export const weekly = (start_day: string, start_time: string, end_day: string, end_time: string, timezone = 'UTC') => ({
  timezone,
  recurrence: 'weekly',
  windows: [{ start_day, start_time, end_day, end_time }],
});
export const byDate = (
  start_date: number,
  start_time: string,
  end_date: number,
  end_time: string,
  timezone = 'UTC',
) => ({
  timezone,
  recurrence: 'monthly',
  windows: [{ start_date, start_time, end_date, end_time }],
});
export const byWeekday = (
  week: number,
  weekday: string,
  start_time: string,
  duration_minutes: number,
  timezone = 'UTC',
) => ({
  timezone,
  recurrence: 'monthly',
  windows: [{ week, weekday, start_time, duration_minutes }],
});
export const once = (start: string, end: string, timezone = 'UTC') => ({
  timezone,
  recurrence: 'once',
  windows: [{ start, end }],
});
export const rule = (
  rrule: string,
  dtstart: string,
  duration_minutes: number,
  timezone = 'UTC',
  exdates: string[] = [],
) => ({
  timezone,
  recurrence: 'rrule',
  windows: [{ rrule, dtstart, duration_minutes, exdates }],
});
