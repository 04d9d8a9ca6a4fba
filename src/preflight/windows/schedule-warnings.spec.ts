import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { readSchedule } from '../../../test/support/decide-schedule.js';
import { scheduleWarnings } from './schedule-warnings.js';

const now = new Date('2026-01-15T12:00:00Z');

function warnings(json: object): readonly string[] {
  return scheduleWarnings(readSchedule(json), now);
}

const once = (start: string, end: string) => ({ recurrence: 'once', windows: [{ start, end }] });
const daily = (start_time: string, end_time: string) => ({ recurrence: 'daily', windows: [{ start_time, end_time }] });
const rule = (rrule: string, dtstart: string, exdates: string[] = [], duration_minutes = 60) => ({
  recurrence: 'rrule',
  windows: [{ rrule, dtstart, duration_minutes, exdates }],
});

const noOpenMinute =
  'This rule leaves no open minute in the next 400 days: as long as it is enabled, nothing can start where it applies';
const blocksNothing = 'This rule blocks nothing in the next 400 days';
const doesNotCome = 'windows[0] does not come within the next 400 days. Check its rrule, dtstart and exdates';

describe('what looks like a mistake', () => {
  it.each([
    ['nothing', daily('09:00', '17:00'), []],
    ['nothing in a freeze to come', once('2026-12-20T00:00', '2027-01-04T00:00'), []],
    ['nothing in a freeze that has begun', once('2026-01-10T00:00', '2026-01-20T00:00'), []],
    [
      'a freeze in the past',
      { timezone: 'Europe/Berlin', ...once('2025-12-20T00:00', '2026-01-04T00:00') },
      ['windows[0] never comes: it ended at 2026-01-04 00:00 (Europe/Berlin). Remove it or give it another date'],
    ],
    [
      'one that ends now',
      once('2025-12-20T00:00', '2026-01-15T12:00'),
      ['windows[0] never comes: it ended at 2026-01-15 12:00 (UTC). Remove it or give it another date'],
    ],
    ['one that has a second left', once('2025-12-20T00:00', '2026-01-15T12:00:01'), []],
    [
      'opened in the past only',
      { mode: 'allow', ...once('2025-12-20T00:00', '2026-01-04T00:00') },
      ['windows[0] never comes: it ended at 2026-01-04 00:00 (UTC). Remove it or give it another date', noOpenMinute],
    ],
    ['a rule that never occurs', rule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', '2026-01-01T00:00'), [doesNotCome]],
    ['a rule that is over', rule('FREQ=DAILY;COUNT=3', '2026-01-01T00:00'), [doesNotCome]],
    ['a rule whose last occurrence goes on', rule('FREQ=DAILY;COUNT=3', '2026-01-13T11:30'), []],
    ['a rule that begins after 400 days', rule('FREQ=DAILY', '2027-03-01T00:00'), [doesNotCome]],
    ['29 February, two years ahead', rule('FREQ=YEARLY', '2024-02-29T00:00'), [doesNotCome]],
    [
      'exceptions that skip nothing',
      rule('FREQ=DAILY', '2026-01-01T09:00', ['2026-02-01T09:00', '2026-02-01T09:30']),
      ['windows[0].exdates[1] skips nothing: no occurrence starts at 2026-02-01 09:30 (UTC)'],
    ],
    ['always closed', daily('00:00', '24:00'), [noOpenMinute]],
    ['closed for years', once('2026-01-01T00:00', '2030-01-01T00:00'), [noOpenMinute]],
    ['closed for years from next week on', once('2026-01-22T00:00', '2030-01-01T00:00'), []],
    [
      'gaps that the runway fills',
      { ...rule('FREQ=HOURLY', '2026-01-01T00:00', [], 30), runway_minutes: 30 },
      [noOpenMinute],
    ],
    ['gaps that it leaves', { ...rule('FREQ=HOURLY', '2026-01-01T00:00', [], 30), runway_minutes: 29 }, []],
    ['always open', { mode: 'allow', ...daily('00:00', '24:00') }, [blocksNothing]],
  ])('%s', (_, json, expected) => {
    expect(warnings(json)).toEqual(expected);
  });

  it.each([
    [
      { timezone: 'America/Los_Angeles', ...daily('02:30', '04:00') },
      [
        'windows[0]: its start 2026-03-08 02:30 does not exist, clocks in America/Los_Angeles go forward from 02:00 to 03:00 then; the first moment after that counts',
      ],
    ],
    [
      { timezone: 'America/Los_Angeles', ...daily('00:00', '01:30') },
      [
        'windows[0]: its end 2026-11-01 01:30 comes twice, clocks in America/Los_Angeles go back from 02:00 to 01:00 then; the second one counts',
      ],
    ],
    [
      { timezone: 'Europe/Berlin', ...rule('FREQ=MONTHLY;BYDAY=-1SU', '2026-01-25T02:00') },
      [
        'windows[0]: its start 2026-03-29 02:00 does not exist, clocks in Europe/Berlin go forward from 02:00 to 03:00 then; the first moment after that counts',
        'windows[0]: its start 2026-10-25 02:00 comes twice, clocks in Europe/Berlin go back from 03:00 to 02:00 then; the first one counts',
      ],
    ],
    [{ timezone: 'Europe/Berlin', ...daily('03:00', '01:59') }, []],
    [
      { timezone: 'Europe/Berlin', ...once('2026-03-29T02:30', '2026-03-29T04:00') },
      [
        'windows[0]: its start 2026-03-29 02:30 does not exist, clocks in Europe/Berlin go forward from 02:00 to 03:00 then; the first moment after that counts',
      ],
    ],
    // More than a year ahead, and with an offset: nothing to tell.
    [{ timezone: 'Europe/Berlin', ...once('2027-03-28T02:30', '2027-03-28T04:00') }, []],
    [{ timezone: 'Europe/Berlin', ...once('2026-03-29T00:30Z', '2026-03-29T04:00') }, []],
  ])('%j at a change of the clock', (json, expected) => {
    expect(warnings(json)).toEqual(expected);
  });

  it('does not tell of more than ten changes', () => {
    const windows = Array.from({ length: 7 }, (_, i) => ({ start_time: `02:0${i}`, end_time: '02:30' }));
    const all = warnings({ timezone: 'Europe/Berlin', recurrence: 'daily', windows });
    expect(all.length).toBe(11);
    expect(all.at(-1)).toBe('18 more boundaries fall into changes of the clock');
  });
});
