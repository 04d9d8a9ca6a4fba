import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { readScheduleConfig } from './schedule.config.js';

const day = { start_time: '09:00', end_time: '17:00' };
const week = { start_day: 'friday', start_time: '15:00', end_day: 'monday', end_time: '00:00' };
const dates = { start_date: 1, start_time: '00:00', end_date: 2, end_time: '00:00' };
const nth = { week: 1, weekday: 'monday', start_time: '00:00', duration_minutes: 60 };
const rule = { dtstart: '2026-01-01T00:00', duration_minutes: 60, rrule: 'FREQ=DAILY' };
const span = { start: '2026-01-01T00:00', end: '2026-01-02T00:00' };

const config = (recurrence: string, ...windows: object[]) => ({ mode: 'deny', recurrence, windows });
const read = (json: unknown) => readScheduleConfig(json, ['body', 'config']);

describe('a schedule', () => {
  it('is read, with what it leaves out', () => {
    expect(read(config('weekly', week))).toEqual({
      config: {
        mode: 'deny',
        timezone: 'UTC',
        recurrence: 'weekly',
        reason: null,
        runway: null,
        windows: [{ kind: 'weekly', startMinute: 4 * 1440 + 900, endMinute: 7 * 1440 }],
      },
    });
    const json = { ...config('daily', day), timezone: 'europe/berlin', reason: 'Quarter end', runway_minutes: 15 };
    expect(read(json)).toMatchObject({
      config: { timezone: 'Europe/Berlin', reason: 'Quarter end', runway: { minutes: 15 } },
    });
    expect(read({ ...config('daily', day), runway: 'p95', runway_minutes: null, reason: null })).toMatchObject({
      config: { runway: 'p95', reason: null },
    });
  });

  it.each([
    ['once', span],
    ['once', { start: '2026-01-01T00:00:00Z', end: '2026-01-01T02:00:00+01:00' }],
    ['daily', day],
    ['daily', { start_time: '00:00', end_time: '24:00' }],
    ['weekly', week],
    ['weekly', { ...week, end_day: 'friday', end_time: '14:59' }],
    ['monthly', dates],
    ['monthly', { ...dates, start_date: -1, end_date: 31 }],
    ['monthly', nth],
    ['monthly', { ...nth, week: -1, duration_minutes: 527_040 }],
    ['rrule', rule],
    ['rrule', { ...rule, rrule: 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', exdates: ['2026-01-01T00:00Z'] }],
    ['rrule', { ...rule, rrule: 'FREQ=HOURLY;BYMINUTE=0,15,30,45' }],
  ])('%s: %j', (recurrence, window) => {
    expect(Object.keys(read(config(recurrence, window)))).toEqual(['config']);
  });
});

const missing = ['field required', 'value_error.missing'];
const extra = ['extra fields not permitted', 'value_error.extra'];
const clock = ['invalid time format, expected HH:MM', 'value_error.time'];
const empty = ['start and end must differ', 'value_error.window.empty'];
const notLater = ['ensure the end is later than the start', 'value_error.window.not_later'];
const datetime = ['invalid datetime format', 'value_error.datetime'];
const zone = ['value is not a known IANA time zone', 'value_error.timezone'];
const dayOfMonth = [
  'ensure this value lies between 1 and 31, or is -1 for the last day',
  'value_error.number.day_of_month',
];
const weekOfMonth = [
  'ensure this value lies between 1 and 5, or is -1 for the last week',
  'value_error.number.week_of_month',
];
const tooShort = ['ensure this value is greater than or equal to 1', 'value_error.number.not_ge'];
const tooLong = ['ensure this value is less than or equal to 527040', 'value_error.number.not_le'];
const tooMany = ['too many occurrences: more than 100 a day', 'value_error.rrule.too_many'];
const recurrences = "value is not a valid enumeration member; permitted: 'once', 'daily', 'weekly', 'monthly', 'rrule'";

describe('a schedule that cannot be evaluated', () => {
  it.each([
    ['nothing', undefined, [['', ...missing]]],
    ['null', null, [['', 'none is not an allowed value', 'type_error.none.not_allowed']]],
    ['a list', [], [['', 'value is not a valid dict', 'type_error.dict']]],
    [
      'empty',
      {},
      [
        ['mode', ...missing],
        ['recurrence', ...missing],
        ['windows', ...missing],
      ],
    ],
    ['unknown recurrence', config('hourly', day), [['recurrence', recurrences, 'type_error.enum']]],
    [
      'recurrence of another type',
      { ...config('', day), recurrence: 1 },
      [['recurrence', 'str type expected', 'type_error.str']],
    ],
    [
      'recurrence with a name that all objects have',
      config('constructor', day),
      [['recurrence', recurrences, 'type_error.enum']],
    ],
    ['unknown key', { ...config('daily', day), windos: 1 }, [['windos', ...extra]]],
    ['unknown key in a window', config('daily', { ...day, day: 1 }), [['windows.0.day', ...extra]]],
    [
      'key of another recurrence',
      config('daily', { ...day, start_day: 'monday' }),
      [['windows.0.start_day', ...extra]],
    ],
    ['unknown zone', { ...config('daily', day), timezone: 'Mars/Olympus' }, [['timezone', ...zone]]],
    ['an offset for a zone', { ...config('daily', day), timezone: '+02:00' }, [['timezone', ...zone]]],
    [
      'no windows',
      config('daily'),
      [['windows', 'ensure this value has at least 1 items', 'value_error.list.min_items']],
    ],
    [
      'too many windows',
      config('daily', ...Array.from({ length: 101 }, () => day)),
      [['windows', 'ensure this value has at most 100 items', 'value_error.list.max_items']],
    ],
    [
      'a window that is none',
      { ...config('daily'), windows: [1] },
      [['windows.0', 'value is not a valid dict', 'type_error.dict']],
    ],
    [
      'runway twice',
      { ...config('daily', day), runway: 'p95', runway_minutes: 5 },
      [['runway', 'runway and runway_minutes exclude each other', 'value_error.runway.ambiguous']],
    ],
    ['no runway', { ...config('daily', day), runway_minutes: 0 }, [['runway_minutes', ...tooShort]]],
    [
      'runway too long',
      { ...config('daily', day), runway_minutes: 10_081 },
      [['runway_minutes', 'ensure this value is less than or equal to 10080', 'value_error.number.not_le']],
    ],
    [
      'unknown runway',
      { ...config('daily', day), runway: 'p50' },
      [['runway', "value is not a valid enumeration member; permitted: 'p95'", 'type_error.enum']],
    ],
    [
      'bad times',
      config('daily', day, { start_time: '9:00', end_time: '24:30' }),
      [
        ['windows.1.start_time', ...clock],
        ['windows.1.end_time', ...clock],
      ],
    ],
    [
      'a start at the end of the day',
      config('daily', { ...day, start_time: '24:00' }),
      [['windows.0.start_time', ...clock]],
    ],
    ['an empty day', config('daily', { start_time: '09:00', end_time: '09:00' }), [['windows.0.end_time', ...empty]]],
    [
      'an empty week',
      config('weekly', { ...week, end_day: 'friday', end_time: '15:00' }),
      [['windows.0.end_time', ...empty]],
    ],
    [
      'an abbreviated day',
      config('weekly', { ...week, start_day: 'fri' }),
      [
        [
          'windows.0.start_day',
          "value is not a valid enumeration member; permitted: 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'",
          'type_error.enum',
        ],
      ],
    ],
    ['an end before the start', config('once', { start: span.end, end: span.start }), [['windows.0.end', ...notLater]]],
    ['an end at the start', config('once', { start: span.start, end: span.start }), [['windows.0.end', ...notLater]]],
    [
      'an end before the start, by its offset',
      config('once', { start: '2026-01-01T00:00Z', end: '2026-01-01T00:30+01:00' }),
      [['windows.0.end', ...notLater]],
    ],
    [
      'a freeze inside a spring gap',
      { ...config('once', { start: '2026-03-29T02:10', end: '2026-03-29T02:50' }), timezone: 'Europe/Berlin' },
      [['windows.0.end', ...notLater]],
    ],
    [
      'a day that does not exist',
      config('once', { start: '2026-02-29T00:00', end: 'soon' }),
      [
        ['windows.0.start', ...datetime],
        ['windows.0.end', ...datetime],
      ],
    ],
    [
      'a month by nothing',
      config('monthly', { start_time: '00:00' }),
      [
        ['windows.0.start_date', ...missing],
        ['windows.0.end_date', ...missing],
        ['windows.0.end_time', ...missing],
      ],
    ],
    [
      'half a weekday',
      config('monthly', { week: 1, start_time: '00:00' }),
      [
        ['windows.0.weekday', ...missing],
        ['windows.0.duration_minutes', ...missing],
      ],
    ],
    [
      'a month by both',
      config('monthly', { ...dates, ...nth }),
      [
        ['windows.0.start_date', ...extra],
        ['windows.0.end_date', ...extra],
        ['windows.0.end_time', ...extra],
      ],
    ],
    [
      'dates that no month has',
      config('monthly', { ...dates, start_date: 0, end_date: 32 }),
      [
        ['windows.0.start_date', ...dayOfMonth],
        ['windows.0.end_date', ...dayOfMonth],
      ],
    ],
    ['a week that no month has', config('monthly', { ...nth, week: 6 }), [['windows.0.week', ...weekOfMonth]]],
    [
      'a fraction of a week',
      config('monthly', { ...nth, week: 1.5 }),
      [['windows.0.week', 'value is not a valid integer', 'type_error.integer']],
    ],
    ['no duration', config('monthly', { ...nth, duration_minutes: 0 }), [['windows.0.duration_minutes', ...tooShort]]],
    [
      'a duration of more than a year',
      config('rrule', { ...rule, duration_minutes: 527_041 }),
      [['windows.0.duration_minutes', ...tooLong]],
    ],
    [
      'no rule',
      config('rrule', { ...rule, rrule: 'FREQ=MINUTELY' }),
      [
        [
          'windows.0.rrule',
          'invalid RRULE: FREQ is MINUTELY; it must be one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY',
          'value_error.rrule',
        ],
      ],
    ],
    [
      'a rule that comes too often',
      config('rrule', { ...rule, rrule: 'FREQ=HOURLY;BYMINUTE=1,2,3,4,5' }),
      [['windows.0.rrule', ...tooMany]],
    ],
    [
      'rules that come too often together',
      config('rrule', ...Array.from({ length: 6 }, () => ({ ...rule, rrule: 'FREQ=HOURLY' }))),
      [['windows.4.rrule', 'too many occurrences: more than 100 a day in all windows', 'value_error.rrule.too_many']],
    ],
    [
      'a count that takes centuries',
      config('rrule', { ...rule, rrule: 'FREQ=YEARLY;COUNT=101' }),
      [['windows.0.rrule', 'too many occurrences: COUNT reaches further than 100 years', 'value_error.rrule.too_many']],
    ],
    [
      'bad exceptions',
      config('rrule', { ...rule, exdates: ['2026-01-01T00:00', 'x', 1] }),
      [
        ['windows.0.exdates.1', ...datetime],
        ['windows.0.exdates.2', 'str type expected', 'type_error.str'],
      ],
    ],
    [
      'faults in several windows',
      config('rrule', { ...rule, rrule: 'X' }, rule, { ...rule, rrule: 'FREQ=DAILY;X=1' }),
      [
        ['windows.0.rrule', "invalid RRULE: 'X' is not NAME=VALUE", 'value_error.rrule'],
        ['windows.2.rrule', "invalid RRULE: 'X' is not a part that this service knows", 'value_error.rrule'],
      ],
    ],
  ])('%s', (_, json, faults) => {
    const result = read(json);
    expect(
      'faults' in result && result.faults.map(({ loc, msg, type }) => [loc.slice(2).join('.'), msg, type]),
    ).toEqual(faults);
    expect('faults' in result && result.faults.every(({ loc }) => loc[0] === 'body' && loc[1] === 'config')).toBe(true);
  });
});
