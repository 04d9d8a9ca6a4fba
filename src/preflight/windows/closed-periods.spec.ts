import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSchedule } from '../../../test/support/decide-schedule.js';
import { closedPeriodAt, closedPeriods } from './closed-periods.js';
import { dayMs, hourMs, minuteMs } from './wall-clock.js';

const daily = (start_time: string, end_time: string) => ({ recurrence: 'daily', windows: [{ start_time, end_time }] });
const iso = (moment: number | null | undefined) =>
  moment == null ? null : new Date(moment).toISOString().slice(0, 16);

describe('closedPeriods', () => {
  const list = (json: object, from: string, to: string) =>
    closedPeriods(readSchedule(json), new Date(from), new Date(to)).map(({ start, end }) => [
      iso(start.getTime()),
      iso(end.getTime()),
    ]);

  it.each([
    [
      'those that touch the span, as long as they really are',
      daily('22:00', '06:00'),
      ['2026-01-02T05:00Z', '2026-01-03T22:00:00.001Z'],
      [
        ['2026-01-01T22:00', '2026-01-02T06:00'],
        ['2026-01-02T22:00', '2026-01-03T06:00'],
        ['2026-01-03T22:00', '2026-01-04T06:00'],
      ],
    ],
    [
      'neither what ends nor what starts at its bounds',
      daily('22:00', '06:00'),
      ['2026-01-02T06:00Z', '2026-01-02T22:00Z'],
      [],
    ],
    ['nothing of nothing', daily('22:00', '06:00'), ['2026-01-02T23:00Z', '2026-01-02T23:00Z'], []],
    [
      'all of a span that is always closed',
      daily('00:00', '24:00'),
      ['2026-01-02T05:00Z', '2026-02-02T05:00Z'],
      [['2026-01-02T05:00', '2026-02-02T05:00']],
    ],
    [
      'nothing of what is always open',
      { mode: 'allow', ...daily('00:00', '24:00') },
      ['2026-01-02T05:00Z', '2026-02-02T05:00Z'],
      [],
    ],
    [
      'the time around what is open once',
      { mode: 'allow', recurrence: 'once', windows: [{ start: '2026-01-10T00:00', end: '2026-01-11T00:00' }] },
      ['2026-01-02T05:00Z', '2026-02-02T05:00Z'],
      [
        ['2026-01-02T05:00', '2026-01-10T00:00'],
        ['2026-01-11T00:00', '2026-02-02T05:00'],
      ],
    ],
    [
      'without the runway',
      { ...daily('22:00', '23:00'), runway_minutes: 600 },
      ['2026-01-02T00:00Z', '2026-01-03T00:00Z'],
      [['2026-01-02T22:00', '2026-01-02T23:00']],
    ],
  ] as const)('%s', (_, json, [from, to], expected) => {
    expect(list(json, from, to)).toEqual(expected);
  });

  it('cuts a span of more than 400 days', () => {
    expect(list(daily('00:00', '01:00'), '2026-01-01T00:00Z', '9999-01-01T00:00Z').length).toBe(400);
  });
});

describe('how far it looks', () => {
  const now = Date.UTC(2026, 5, 1);
  const at = (json: object, moment = now) => closedPeriodAt(readSchedule(json), moment, 0);
  const yearly = (years: number, month: number, day: number, duration_minutes = 60) => ({
    recurrence: 'rrule',
    windows: [
      {
        rrule: `FREQ=YEARLY;INTERVAL=${years};BYMONTH=${month};BYMONTHDAY=${day}`,
        dtstart: '2026-01-01T00:00',
        duration_minutes,
      },
    ],
  });

  it.each([
    ['opens within 400 days', { mode: 'allow', ...yearly(1, 5, 30) }, '2027-05-30T00:00'],
    ['opens in two years', { mode: 'allow', ...yearly(2, 5, 30) }, null],
    [
      'opens once in two years',
      { mode: 'allow', recurrence: 'once', windows: [{ start: '2028-05-30T00:00', end: '2028-05-31T00:00' }] },
      '2028-05-30T00:00',
    ],
  ])('%s', (_, json, end) => {
    expect(iso(at(json)?.end)).toBe(end);
  });

  it.each([
    // Exactly 400 days after 1 June 2026 is 6 July 2027.
    ['2027-07-06T00:00', '2027-07-06T00:00'],
    ['2027-07-06T00:01', null],
  ])('an end at %s is %s', (until, end) => {
    const [date, time] = until.split('T');
    const json = {
      mode: 'allow',
      recurrence: 'rrule',
      windows: [{ rrule: 'FREQ=DAILY', dtstart: `${date}T${time}`, duration_minutes: 60 }],
    };
    expect(iso(at(json)?.end)).toBe(end);
  });

  it.each([
    // Exactly 400 days before is 27 April 2025.
    ['2025-04-27T00:01', '2025-04-27T00:01'],
    ['2025-04-27T00:00', null],
  ])('a start at %s is %s', (last, start) => {
    const dtstart = new Date(Date.parse(`${last}Z`) - hourMs).toISOString().slice(0, 16);
    const windows = [{ rrule: 'FREQ=DAILY;COUNT=1', dtstart, duration_minutes: 60 }];
    expect(iso(at({ mode: 'allow', recurrence: 'rrule', windows })?.start)).toBe(start);
  });

  it('says the same whatever was asked before', () => {
    const schedules = [
      { timezone: 'Europe/Berlin', ...daily('22:00', '06:00') },
      {
        recurrence: 'daily',
        windows: [
          { start_time: '08:00', end_time: '10:00' },
          { start_time: '10:30', end_time: '12:00' },
        ],
      },
      daily('00:00', '24:00'),
      { mode: 'allow', ...yearly(1, 5, 30) },
      { mode: 'allow', ...yearly(2, 5, 30, 2880) },
      yearly(1, 5, 30, 527_040),
      {
        timezone: 'America/New_York',
        recurrence: 'monthly',
        windows: [{ start_date: 30, start_time: '10:00', end_date: 31, end_time: '09:00' }],
      },
      {
        recurrence: 'monthly',
        windows: [{ week: 5, weekday: 'friday', start_time: '10:00', duration_minutes: 50_000 }],
      },
      {
        recurrence: 'once',
        windows: [
          { start: '2026-06-01T00:00', end: '2028-01-01T00:00' },
          { start: '2028-01-01T00:20', end: '2028-01-02T00:00' },
        ],
      },
    ];
    const moments = fc.array(
      fc.oneof(
        fc.integer({ min: -60, max: 60 }).map((days) => now + days * dayMs),
        fc.integer({ min: -3000, max: 3000 }).map((days) => now + days * dayMs + 9 * hourMs),
      ),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...schedules), moments, fc.constantFrom(0, 45), (json, all, minutes) => {
        const kept = readSchedule(json);
        for (const moment of all) {
          const fresh = closedPeriodAt(readSchedule(json), moment, minutes * minuteMs);
          expect(closedPeriodAt(kept, moment, minutes * minuteMs)).toEqual(fresh);
        }
      }),
      { numRuns: 300 },
    );
  });
});
