import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { full } from '../../../test/support/full.js';
import { WindowOracle, ZoneOracle } from '../../../test/support/window-oracle.js';
import { readScheduleConfig, type ScheduleConfig } from '../checks/schedule.config.js';
import { type ClosedPeriod, closedPeriodAt, closedPeriods, runwayOf } from './closed-periods.js';

/** Another one for another sample; a failure tells its own. */
const seed = Number(process.env['WINDOWS_SEED'] ?? 20_261_122);
const runs = full(100_000, 2_000);

const minute = 60_000;
const day = 1440 * minute;
/** Five years to either side. */
const from = Date.UTC(2021, 5, 30);
const to = Date.UTC(2031, 5, 30);

const zones = `
  America/Los_Angeles America/New_York America/St_Johns America/Sao_Paulo America/Santiago America/Havana
  America/Nuuk America/Asuncion Europe/Berlin Europe/London Europe/Dublin Europe/Lisbon Atlantic/Azores
  Africa/Casablanca Africa/Cairo Asia/Gaza Asia/Beirut Asia/Jerusalem Asia/Tehran Asia/Kathmandu
  Asia/Kolkata Asia/Tokyo Asia/Amman Australia/Lord_Howe Australia/Adelaide Pacific/Auckland
  Pacific/Chatham Pacific/Apia Pacific/Kiritimati Pacific/Easter Antarctica/Troll UTC
`
  .trim()
  .split(/\s+/);
const oracles = new Map(zones.map((zone) => [zone, new ZoneOracle(zone)]));
const changesOf = new Map(zones.map((zone) => [zone, oracles.get(zone)!.changes(from, to)]));

const pad = (number: number) => String(number).padStart(2, '0');
const time = (ofDay: number) => `${pad(Math.floor(ofDay / 60))}:${pad(ofDay % 60)}`;
const wallText = (wall: number) => new Date(wall).toISOString().slice(0, 16);

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const codes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** The hours in which clocks change, more often than others. */
const timeOfDay = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 16 }).map((quarter) => quarter * 15) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 1439 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1439, 1380) },
);
const start_time = timeOfDay.map(time);
const end_time = fc.oneof({ weight: 8, arbitrary: timeOfDay }, { weight: 1, arbitrary: fc.constant(1440) }).map(time);
const dateOfMonth = fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constantFrom(-1, 28, 29, 30, 31));
const duration_minutes = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 3000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60_000 }) },
);

/** Near a moment, which windows should be where anything is decided. */
const windowsAround = {
  once: (near: number) =>
    fc
      .record({ start: fc.integer({ min: -3000, max: 3000 }), minutes: fc.integer({ min: 1, max: 5000 }) })
      .chain(({ start, minutes }) =>
        fc.record({
          start: fc.constantFrom('', 'Z').map((zulu) => wallText(near + start * minute) + zulu),
          end: fc.constantFrom('', 'Z').map((zulu) => wallText(near + (start + minutes) * minute) + zulu),
        }),
      ),
  daily: () => fc.record({ start_time, end_time }),
  weekly: () =>
    fc.record({
      start_day: fc.constantFrom(...weekdays),
      start_time,
      end_day: fc.constantFrom(...weekdays),
      end_time,
    }),
  monthly: () =>
    fc.oneof(
      fc.record({ start_date: dateOfMonth, start_time, end_date: dateOfMonth, end_time }),
      fc.record({
        week: fc.constantFrom(1, 2, 3, 4, 5, -1),
        weekday: fc.constantFrom(...weekdays),
        start_time,
        duration_minutes,
      }),
    ),
  rrule: (near: number) =>
    fc
      .record({
        back: fc.integer({ min: 0, max: 900 }),
        at: timeOfDay,
        rule: rrule,
        ends: fc.integer({ min: 0, max: 5 }),
      })
      .chain(({ back, at, rule, ends }) => {
        const midnight = Math.floor(near / day) * day;
        const until = (ends - 2) * day + midnight + at * minute;
        const written = wallText(until).replace(/[-:]/g, '');
        return fc.record(
          {
            dtstart: fc.constant(wallText(midnight - back * day + at * minute)),
            rrule: fc.constantFrom('', '', '', `;UNTIL=${written}00`, `;UNTIL=${written}00Z`).map((end) => rule + end),
            duration_minutes,
            exdates: fc
              .array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 })
              .map((days) => days.map((skipped) => wallText(midnight + skipped * day + at * minute))),
          },
          { requiredKeys: ['dtstart', 'rrule', 'duration_minutes'] },
        );
      }),
};

const several = <T>(one: fc.Arbitrary<T>) => fc.uniqueArray(one, { minLength: 1, maxLength: 3 });
const interval = fc.integer({ min: 1, max: 5 });
const rrule = fc.oneof(
  fc
    .tuple(interval, several(fc.constantFrom(...codes)))
    .map(([n, days]) => `FREQ=WEEKLY;INTERVAL=${n};BYDAY=${days.join()}`),
  fc.tuple(interval, several(dateOfMonth)).map(([n, days]) => `FREQ=MONTHLY;INTERVAL=${n};BYMONTHDAY=${days.join()}`),
  fc
    .tuple(interval, several(fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, -1, -2), fc.constantFrom(...codes))))
    .map(([n, days]) => `FREQ=MONTHLY;INTERVAL=${n};BYDAY=${days.map((one) => one.join('')).join()}`),
  fc
    .tuple(interval, several(fc.integer({ min: 1, max: 12 })), several(dateOfMonth))
    .map(([n, months, days]) => `FREQ=YEARLY;INTERVAL=${n};BYMONTH=${months.join()};BYMONTHDAY=${days.join()}`),
  fc
    .tuple(interval, several(fc.constantFrom(...codes)))
    .map(([n, days]) => `FREQ=DAILY;INTERVAL=${n};BYDAY=${days.join()}`),
  interval.map((n) => `FREQ=DAILY;INTERVAL=${n}`),
  fc.integer({ min: 1, max: 60 }).map((n) => `FREQ=HOURLY;INTERVAL=${n}`),
);

const cases = fc.constantFrom(...zones).chain((zone) => {
  const changes = changesOf.get(zone)!;
  const anywhere = fc.integer({ min: from / minute, max: to / minute }).map((minutes) => minutes * minute);
  const atChange = fc
    .tuple(fc.constantFrom(...changes, from), fc.integer({ min: -2000, max: 2000 }))
    .map(([change, away]) => change + away * minute);
  return fc
    .record({
      now: changes.length === 0 ? anywhere : fc.oneof(anywhere, { weight: 2, arbitrary: atChange }),
      recurrence: fc.constantFrom('once', 'daily', 'weekly', 'monthly', 'rrule' as const),
      mode: fc.constantFrom('deny', 'allow'),
      runway: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 180 })),
    })
    .chain(({ now, recurrence, mode, runway }) =>
      several<Record<string, unknown>>(windowsAround[recurrence](now)).map((windows) => ({
        now,
        json: {
          mode,
          timezone: zone,
          recurrence,
          windows,
          ...(runway > 0 ? { runway_minutes: runway } : {}),
        },
      })),
    );
});

describe('windows and an oracle that knows nothing but Intl', () => {
  it(`agree about ${runs} schedules and moments (seed ${seed})`, () => {
    let decided = 0;
    fc.assert(
      fc.property(cases, ({ now, json }) => {
        const read = readScheduleConfig(json, ['config']);
        if ('faults' in read) {
          expect(read.faults.every(({ type }) => type.startsWith('value_error.window.'))).toBe(true);
          return;
        }
        decided++;
        const { config } = read;
        const oracle = new WindowOracle(json, oracles.get(json.timezone)!);
        const runway = json.runway_minutes ?? 0;
        const period = closedPeriodAt(config, now, runwayOf(config, null));
        expect(oracle.isBlocked(now, runway)).toBe(period !== null);
        const next = period ?? comingPeriod(config, now);
        if (next !== null) expectBounds(oracle, next, now, runway);
      }),
      { numRuns: runs, seed },
    );
    expect(decided).toBeGreaterThan(runs * 0.8);
  }, 3_600_000);
});

/** Where the moment itself is open: the next closed period within ten days, as the calendar shows it. */
function comingPeriod(config: ScheduleConfig, now: number): ClosedPeriod | null {
  const runway = runwayOf(config, null);
  const [coming] = closedPeriods(config, new Date(now), new Date(now + 10 * day));
  return coming === undefined ? null : closedPeriodAt(config, coming.start.getTime(), runway);
}

/** The period is blocked throughout, and neither before nor after. */
function expectBounds(oracle: WindowOracle, { start, end }: ClosedPeriod, now: number, runway: number): void {
  const [first, last] = [start ?? now - 400 * day, end ?? now + 400 * day];
  const within = Array.from({ length: 12 }, (_, i) => first + Math.floor(((last - first) * i) / 12 / minute) * minute);
  const near = [
    ...Array.from({ length: 180 }, (_, i) => first + i * minute),
    ...Array.from({ length: 180 }, (_, i) => last - (i + 1) * minute),
  ];
  const open = [...within, ...near].filter((at) => at >= first && at < last && !oracle.isBlocked(at, runway));
  expect(open.map((at) => new Date(at).toISOString())).toEqual([]);
  if (start !== null) expect([oracle.isClosed(start), oracle.isClosed(start - minute)]).toEqual([true, false]);
  if (end !== null) expect([oracle.isClosed(end - minute), oracle.isBlocked(end, runway)]).toEqual([true, false]);
}
