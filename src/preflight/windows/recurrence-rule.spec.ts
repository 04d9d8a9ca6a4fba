import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readRecurrenceRule, timesADay } from './recurrence-rule.js';

const dtstart = Date.UTC(2026, 0, 30, 16, 30);

describe('readRecurrenceRule', () => {
  it.each([
    ['', "'' is not NAME=VALUE"],
    ['every friday', "'EVERY FRIDAY' is not NAME=VALUE"],
    ['FREQ=DAILY;', "'' is not NAME=VALUE"],
    ['FREQ=DAILY=WEEKLY', "'FREQ=DAILY=WEEKLY' is not NAME=VALUE"],
    ['INTERVAL=2', 'FREQ is missing; it must be one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY'],
    ['FREQ=MINUTELY', 'FREQ is MINUTELY; it must be one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY'],
    ['FREQ=SECONDLY', 'FREQ is SECONDLY; it must be one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'FREQ is given twice'],
    ['FREQ=DAILY;BYEASTER=0', "'BYEASTER' is not a part that this service knows"],
    ['FREQ=DAILY;RSCALE=CHINESE', "'RSCALE' is not a part that this service knows"],
    ['FREQ=DAILY;INTERVAL=0', "INTERVAL has '0'; its numbers lie between 1 and 10000"],
    ['FREQ=DAILY;INTERVAL=1.5', "INTERVAL has '1.5'; its numbers lie between 1 and 10000"],
    ['FREQ=DAILY;COUNT=0', "COUNT has '0'; its numbers lie between 1 and 5000"],
    ['FREQ=DAILY;COUNT=5001', "COUNT has '5001'; its numbers lie between 1 and 5000"],
    ['FREQ=DAILY;COUNT=2;UNTIL=20270101', 'COUNT and UNTIL exclude each other'],
    ['FREQ=DAILY;UNTIL=tomorrow', "UNTIL has 'TOMORROW'; write 20251231 or 20251231T230000Z"],
    ['FREQ=DAILY;UNTIL=20260230', "UNTIL has '20260230'; write 20251231 or 20251231T230000Z"],
    ['FREQ=DAILY;BYMONTH=13', "BYMONTH has '13'; its numbers lie between 1 and 12"],
    ['FREQ=DAILY;BYMONTH=-1', "BYMONTH has '-1'; its numbers lie between 1 and 12"],
    ['FREQ=MONTHLY;BYMONTHDAY=0', "BYMONTHDAY has '0'; its numbers lie between 1 and 31"],
    ['FREQ=MONTHLY;BYMONTHDAY=--1', "BYMONTHDAY has '-1'; its numbers lie between 1 and 31"],
    ['FREQ=MONTHLY;BYMONTHDAY=', "BYMONTHDAY has ''; its numbers lie between 1 and 31"],
    ['FREQ=DAILY;BYHOUR=24', "BYHOUR has '24'; its numbers lie between 0 and 23"],
    ['FREQ=WEEKLY;BYDAY=FRI', "BYDAY has 'FRI'; write MO, 2MO or -1MO"],
    ['FREQ=WEEKLY;BYDAY=XX', "BYDAY has 'XX'; the days are MO, TU, WE, TH, FR, SA, SU"],
    ['FREQ=MONTHLY;BYDAY=0MO', "BYDAY has '0'; its numbers lie between 1 and 53"],
    ['FREQ=MONTHLY;BYDAY=+MO', "BYDAY has '+MO'; write MO, 2MO or -1MO"],
    ['FREQ=WEEKLY;BYDAY=2MO', 'BYDAY with a number needs FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO'],
    ['FREQ=YEARLY;BYWEEKNO=2;BYDAY=2MO', 'BYDAY with a number needs FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO'],
    ['FREQ=MONTHLY;BYWEEKNO=2', 'BYWEEKNO cannot be used with FREQ=MONTHLY'],
    ['FREQ=DAILY;BYYEARDAY=2', 'BYYEARDAY cannot be used with FREQ=DAILY'],
    ['FREQ=WEEKLY;BYMONTHDAY=2', 'BYMONTHDAY cannot be used with FREQ=WEEKLY'],
    ['FREQ=WEEKLY;BYSETPOS=2', 'BYSETPOS needs another BY… part to select from'],
    ['FREQ=WEEKLY;WKST=1', "WKST has '1'; the days are MO, TU, WE, TH, FR, SA, SU"],
    [`FREQ=${'X'.repeat(40)}=`, `'FREQ=${'X'.repeat(25)}…' is not NAME=VALUE`],
  ])('refuses %j: %s', (text, fault) => {
    expect(readRecurrenceRule(text, dtstart)).toEqual({ fault });
  });

  it('takes from the start what the rule leaves open', () => {
    expect(readRecurrenceRule('rrule:freq=yearly', dtstart)).toMatchObject({
      frequency: 'YEARLY',
      interval: 1,
      months: [1],
      monthDays: [30],
      hours: [16],
      timesOfHour: [30 * 60_000],
      count: null,
      until: null,
      days: null,
      weekStart: 0,
    });
    expect(readRecurrenceRule('FREQ=WEEKLY', dtstart)).toMatchObject({
      days: [{ weekday: 4, nth: null }],
      monthDays: null,
    });
    expect(readRecurrenceRule('FREQ=MONTHLY;BYDAY=-1FR', dtstart)).toMatchObject({
      days: [{ weekday: 4, nth: -1 }],
      monthDays: null,
      months: null,
    });
    expect(readRecurrenceRule('FREQ=HOURLY', dtstart)).toMatchObject({ hours: null, days: null });
  });

  it.each([
    ['FREQ=YEARLY;BYDAY=MO', 1],
    ['FREQ=DAILY;BYHOUR=8,12,16;BYMINUTE=0,30', 6],
    ['FREQ=DAILY;BYHOUR=8,8,8', 1],
    ['FREQ=HOURLY', 24],
    ['FREQ=HOURLY;INTERVAL=5', 5],
    ['FREQ=HOURLY;INTERVAL=48;BYMINUTE=0,1', 2],
    ['FREQ=HOURLY;BYHOUR=1,2;BYMINUTE=0,1', 4],
  ])('%s comes at most %i times a day', (text, times) => {
    const rule = readRecurrenceRule(text, dtstart);
    expect('fault' in rule ? rule : timesADay(rule)).toBe(times);
  });

  it('answers to whatever it is given', () => {
    const parts = fc.constantFrom('FREQ', 'COUNT', 'UNTIL', 'BYDAY', 'BYMONTHDAY', 'BYSETPOS', 'WKST', 'X', '');
    const values = fc.oneof(fc.constantFrom('DAILY', 'YEARLY', '1', '-1', 'MO', '-2FR', '20260101', ','), fc.string());
    const rules = fc.array(fc.tuple(parts, values)).map((all) => all.map((one) => one.join('=')).join(';'));
    fc.assert(
      fc.property(fc.oneof(rules, fc.string()), (text) => {
        readRecurrenceRule(text, dtstart);
      }),
      { numRuns: 1000 },
    );
  });
});
