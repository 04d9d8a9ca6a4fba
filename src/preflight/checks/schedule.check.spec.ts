import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  daily,
  decideSchedule,
  expectDecision,
  fridayFreeze,
  once,
  readSchedule,
  rule,
  scheduleTable,
} from '../../../test/support/decide-schedule.js';
import { scheduleCheck } from './schedule.check.js';

describe('the worked examples of the page', () => {
  it.each([
    ['2025-10-24T21:59:59Z', null, null],
    ['2025-10-24T22:00:00Z', ['2025-10-24T15:00:00-07:00', '2025-10-27T00:00:00-07:00'], '2025-10-27T07:00:00.000Z'],
    ['2025-10-27T07:00:00Z', null, null],
    ['2025-11-01T12:00:00Z', ['2025-10-31T15:00:00-07:00', '2025-11-03T00:00:00-08:00'], '2025-11-03T08:00:00.000Z'],
    ['2026-03-07T12:00:00Z', ['2026-03-06T15:00:00-08:00', '2026-03-09T00:00:00-07:00'], '2026-03-09T07:00:00.000Z'],
  ] as const)('%s', (now, expected, retryAfter) => {
    expectDecision(fridayFreeze, now, expected);
    expect(decideSchedule(fridayFreeze, now).findings[0]?.retryAfter?.toISOString() ?? null).toBe(retryAfter);
  });
});

describe('allow', () => {
  const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => ({
    start_day: day,
    start_time: '09:00',
    end_day: day,
    end_time: '17:00',
  }));
  const weekend = ['2026-03-27T17:00:00+00:00', '2026-03-30T09:00:00+01:00'] as const;
  scheduleTable([
    {
      name: 'only weekdays from 9 to 17',
      config: { mode: 'allow', timezone: 'Europe/London', recurrence: 'weekly', windows: weekdays },
      rows: [
        ['2026-03-27T08:59:59.999Z', ['2026-03-26T17:00:00+00:00', '2026-03-27T09:00:00+00:00']],
        ['2026-03-27T09:00:00.000Z', null],
        ['2026-03-27T16:59:59.999Z', null],
        ['2026-03-27T17:00:00.000Z', weekend],
        ['2026-03-29T01:00:00.000Z', weekend],
        ['2026-03-30T07:59:59.999Z', weekend],
        ['2026-03-30T08:00:00.000Z', null],
      ],
    },
    {
      name: 'only once: closed since ever before, for ever after',
      config: { mode: 'allow', ...once('2026-06-01T10:00', '2026-06-01T12:00') },
      rows: [
        ['2026-06-01T09:59:59.999Z', [null, '2026-06-01T10:00:00+00:00']],
        ['2026-06-01T10:00:00.000Z', null],
        ['2026-06-01T11:59:59.999Z', null],
        ['2026-06-01T12:00:00.000Z', ['2026-06-01T12:00:00+00:00', null]],
        ['1999-01-01T00:00:00.000Z', [null, '2026-06-01T10:00:00+00:00']],
      ],
    },
    {
      name: 'always',
      config: { mode: 'allow', ...daily('00:00', '24:00', 'Europe/Berlin') },
      rows: [
        ['2026-03-29T01:00:00.000Z', null],
        ['2026-10-25T00:59:59.999Z', null],
      ],
    },
    {
      name: 'adjacent windows leave nothing closed between them',
      config: {
        mode: 'allow',
        recurrence: 'daily',
        windows: [
          { start_time: '08:00', end_time: '12:00' },
          { start_time: '12:00', end_time: '13:00' },
        ],
      },
      rows: [
        ['2026-06-01T12:00:00.000Z', null],
        ['2026-06-01T13:00:00.000Z', ['2026-06-01T13:00:00+00:00', '2026-06-02T08:00:00+00:00']],
      ],
    },
  ]);
});

describe('runway', () => {
  scheduleTable([
    {
      name: 'a start that would end when the window opens passes, a later one does not',
      config: { ...fridayFreeze, runway_minutes: 60 },
      rows: [
        ['2025-10-24T20:59:59.999Z', null],
        ['2025-10-24T21:00:00.000Z', null],
        ['2025-10-24T21:00:00.001Z', ['2025-10-24T15:00:00-07:00', '2025-10-27T00:00:00-07:00']],
        ['2025-10-24T22:00:00.000Z', ['2025-10-24T15:00:00-07:00', '2025-10-27T00:00:00-07:00']],
        ['2025-10-27T06:59:59.999Z', ['2025-10-24T15:00:00-07:00', '2025-10-27T00:00:00-07:00']],
        ['2025-10-27T07:00:00.000Z', null],
      ],
    },
    {
      name: 'in allow mode, before it closes',
      config: { mode: 'allow', ...daily('09:00', '17:00'), runway_minutes: 60 },
      rows: [
        ['2026-06-01T16:00:00.000Z', null],
        ['2026-06-01T16:00:00.001Z', ['2026-06-01T17:00:00+00:00', '2026-06-02T09:00:00+00:00']],
        ['2026-06-02T08:59:59.999Z', ['2026-06-01T17:00:00+00:00', '2026-06-02T09:00:00+00:00']],
        ['2026-06-02T09:00:00.000Z', null],
      ],
    },
    {
      name: 'a gap that is no longer than the runway is none',
      config: {
        recurrence: 'daily',
        windows: [
          { start_time: '08:00', end_time: '10:00' },
          { start_time: '11:00', end_time: '12:00' },
        ],
        runway_minutes: 60,
      },
      rows: [
        ['2026-06-01T07:00:00.000Z', null],
        ['2026-06-01T07:00:00.001Z', ['2026-06-01T08:00:00+00:00', '2026-06-01T12:00:00+00:00']],
        ['2026-06-01T10:00:00.000Z', ['2026-06-01T08:00:00+00:00', '2026-06-01T12:00:00+00:00']],
        ['2026-06-01T11:30:00.000Z', ['2026-06-01T08:00:00+00:00', '2026-06-01T12:00:00+00:00']],
        ['2026-06-01T12:00:00.000Z', null],
      ],
    },
    {
      name: 'a longer gap is one',
      config: {
        recurrence: 'daily',
        windows: [
          { start_time: '08:00', end_time: '10:00' },
          { start_time: '11:00', end_time: '12:00' },
        ],
        runway_minutes: 59,
      },
      rows: [
        ['2026-06-01T09:59:59.999Z', ['2026-06-01T08:00:00+00:00', '2026-06-01T10:00:00+00:00']],
        ['2026-06-01T10:00:00.000Z', null],
        ['2026-06-01T10:01:00.000Z', null],
        ['2026-06-01T10:01:00.001Z', ['2026-06-01T11:00:00+00:00', '2026-06-01T12:00:00+00:00']],
      ],
    },
    {
      name: 'that fills every gap never lets anything in',
      config: { ...rule('FREQ=HOURLY', '2020-01-01T00:00', 15), runway_minutes: 45 },
      rows: [['2026-06-01T10:30:00.000Z', [null, null]]],
    },
    {
      name: 'longer than a window is open closes it altogether',
      config: { mode: 'allow', ...daily('09:00', '10:00'), runway_minutes: 60 },
      rows: [['2026-06-01T09:00:00.000Z', [null, null]]],
    },
  ]);

  const p95 = { ...daily('12:00', '13:00'), runway: 'p95' };
  const lunch = ['2026-06-01T12:00:00+00:00', '2026-06-01T13:00:00+00:00'] as const;
  it.each([
    // what 95 % of the last deployments took at most, in minutes; now; what is decided
    [null, '2026-06-01T11:59:59.999Z', null],
    [null, '2026-06-01T12:00:00.000Z', lunch],
    [50, '2026-06-01T11:10:00.000Z', null],
    [50, '2026-06-01T11:10:00.001Z', lunch],
    [0, '2026-06-01T11:59:59.999Z', null],
  ] as const)('p95 of %j minutes at %s: %j', (took, now, expected) => {
    expectDecision(p95, now, expected, took === null ? null : took * 60_000);
  });
});

describe('what a schedule needs to know', () => {
  it.each([
    [{ runway: 'p95' }, { durations: true }],
    [{ runway_minutes: 5 }, {}],
    [{}, {}],
  ])('%j', (runway, needs) => {
    expect(scheduleCheck.needs(readSchedule({ ...fridayFreeze, ...runway }))).toEqual(needs);
  });
});

describe('what a refusal says', () => {
  const inside = '2025-10-25T12:00:00Z';
  const never = 'The rule freeze leaves no open time in the next 400 days: have it changed, or ask for an override';
  it.each([
    [
      { ...fridayFreeze, reason: 'Weekly deployment freeze' },
      inside,
      'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles): Weekly deployment freeze',
    ],
    [fridayFreeze, inside, 'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles)'],
    [{ mode: 'allow', ...daily('09:00', '17:00') }, inside, null],
    [
      { mode: 'allow', ...daily('09:00', '17:00') },
      '2025-10-25T18:00:00Z',
      'No deployments allowed to production until 2025-10-26 09:00 (UTC): outside the times at which deployments are allowed',
    ],
    [
      { mode: 'allow', ...daily('09:00', '17:00'), reason: 'Business hours only' },
      '2025-10-25T18:00:00Z',
      'No deployments allowed to production until 2025-10-26 09:00 (UTC): Business hours only',
    ],
    [
      { ...fridayFreeze, runway_minutes: 60 },
      '2025-10-24T21:30:00Z',
      'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles): a start now could run into the closed period that begins at 2025-10-24 15:00',
    ],
    [
      { ...fridayFreeze, runway_minutes: 60, reason: 'Weekly deployment freeze' },
      '2025-10-24T21:30:00Z',
      'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles): Weekly deployment freeze (a start now could run into the closed period that begins at 2025-10-24 15:00)',
    ],
    [daily('00:00', '24:00'), inside, `No deployments allowed to production. ${never}`],
    [
      { ...daily('00:00', '24:00'), reason: 'Frozen' },
      inside,
      `No deployments allowed to production: Frozen. ${never}`,
    ],
  ])('%j at %s', (config, now, message) => {
    expect(decideSchedule(config, now).findings[0]?.message ?? null).toBe(message);
  });

  const office = { mode: 'allow', ...daily('09:00', '17:00') };
  const tooLong = (minutes: number, took = '') =>
    `The rule freeze leaves no open time in the next 400 days that is longer than its runway of ${minutes} minutes${took}: have it changed, or ask for an override`;
  it.each([
    [{ ...office, runway_minutes: 480 }, null, tooLong(480)],
    [
      { ...office, runway: 'p95' },
      8 * 3_600_000,
      tooLong(480, ', which 95 % of the last deployments there took at most'),
    ],
    [
      { ...office, runway: 'p95' },
      8 * 3_600_000 + 1,
      tooLong(481, ', which 95 % of the last deployments there took at most'),
    ],
    [{ ...office, ...daily('12:00', '12:01'), runway: 'p95' }, null, null],
    [{ ...daily('00:00', '24:00'), runway: 'p95' }, 60_000, never],
  ])('names a runway that no open time is longer than: %j after %s', (config, p95Ms, words) => {
    const message = decideSchedule(config, '2025-10-25T12:00:00Z', p95Ms).findings[0]?.message ?? null;
    expect(message).toBe(words === null ? null : `No deployments allowed to production. ${words}`);
  });

  it('carries the details of the contract', () => {
    expect(decideSchedule({ ...fridayFreeze, reason: 'Weekly deployment freeze' }, inside).findings).toEqual([
      {
        code: 'NO_DEPLOY_WINDOW',
        message:
          'No deployments allowed to production until 2025-10-27 00:00 (America/Los_Angeles): Weekly deployment freeze',
        details: {
          window_name: 'freeze',
          window_start: '2025-10-24T15:00:00-07:00',
          window_end: '2025-10-27T00:00:00-07:00',
          reason: 'Weekly deployment freeze',
          timezone: 'America/Los_Angeles',
        },
        retryAfter: new Date('2025-10-27T07:00:00Z'),
        endsAt: new Date('2025-10-27T07:00:00Z'),
      },
    ]);
  });
});
