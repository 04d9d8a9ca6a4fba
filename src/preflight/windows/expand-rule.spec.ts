import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countedStarts, expandRule } from './expand-rule.js';
import { readRecurrenceRule, type RecurrenceRule } from './recurrence-rule.js';
import { dayMs } from './wall-clock.js';

function rule(text: string, dtstart: string): RecurrenceRule {
  const read = readRecurrenceRule(text, Date.parse(`${dtstart}Z`));
  if ('fault' in read) throw new Error(read.fault);
  return read;
}

/** The first so many starts, or all that are counted. */
function starts(text: string, dtstart: string, number: number): string[] {
  const read = rule(text, dtstart);
  const found =
    read.count === null
      ? expandRule(read, read.dtstart, read.dtstart + 3000 * dayMs).slice(0, number)
      : countedStarts(read, read.count)!;
  expect(found.length).toBe(number);
  return found.map((wall) => new Date(wall).toISOString().slice(0, 16));
}

/** At 09:00, as in RFC 5545. */
const dates = (text: string) => text.split(' ').map((date) => `${date}T09:00`);

describe('the examples of RFC 5545, section 3.8.5.3', () => {
  it.each([
    ['FREQ=DAILY;COUNT=4', '1997-09-02', '1997-09-02 1997-09-03 1997-09-04 1997-09-05'],
    ['FREQ=DAILY;INTERVAL=2', '1997-09-02', '1997-09-02 1997-09-04 1997-09-06'],
    ['FREQ=DAILY;INTERVAL=10;COUNT=5', '1997-09-02', '1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12'],
    ['FREQ=YEARLY;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA', '1998-01-30', '1998-01-30 1998-01-31 1999-01-01 1999-01-02'],
    ['FREQ=DAILY;BYMONTH=1', '1998-01-30', '1998-01-30 1998-01-31 1999-01-01 1999-01-02'],
    ['FREQ=WEEKLY;COUNT=5', '1997-09-02', '1997-09-02 1997-09-09 1997-09-16 1997-09-23 1997-09-30'],
    ['FREQ=WEEKLY;INTERVAL=2;WKST=SU', '1997-09-02', '1997-09-02 1997-09-16 1997-09-30 1997-10-14'],
    ['FREQ=WEEKLY;WKST=SU;BYDAY=TU,TH', '1997-09-02', '1997-09-02 1997-09-04 1997-09-09 1997-09-11'],
    [
      'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR',
      '1997-09-01',
      '1997-09-01 1997-09-03 1997-09-05 1997-09-15 1997-09-17 1997-09-19 1997-09-29 1997-10-01',
    ],
    [
      'FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH',
      '1997-09-02',
      '1997-09-02 1997-09-04 1997-09-16 1997-09-18 1997-09-30 1997-10-02 1997-10-14 1997-10-16',
    ],
    ['FREQ=MONTHLY;BYDAY=1FR', '1997-09-05', '1997-09-05 1997-10-03 1997-11-07 1997-12-05 1998-01-02 1998-02-06'],
    [
      'FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU',
      '1997-09-07',
      '1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25 1998-03-01 1998-03-29 1998-05-03 1998-05-31',
    ],
    [
      'FREQ=MONTHLY;COUNT=6;BYDAY=-2MO',
      '1997-09-22',
      '1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16',
    ],
    ['FREQ=MONTHLY;BYMONTHDAY=-3', '1997-09-28', '1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26'],
    ['FREQ=MONTHLY;BYMONTHDAY=2,15', '1997-09-02', '1997-09-02 1997-09-15 1997-10-02 1997-10-15'],
    [
      'FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1',
      '1997-09-30',
      '1997-09-30 1997-10-01 1997-10-31 1997-11-01 1997-11-30 1997-12-01 1997-12-31 1998-01-01 1998-01-31 1998-02-01',
    ],
    [
      'FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15',
      '1997-09-10',
      '1997-09-10 1997-09-11 1997-09-12 1997-09-13 1997-09-14 1997-09-15 1999-03-10 1999-03-11 1999-03-12 1999-03-13',
    ],
    [
      'FREQ=MONTHLY;INTERVAL=2;BYDAY=TU',
      '1997-09-02',
      '1997-09-02 1997-09-09 1997-09-16 1997-09-23 1997-09-30 1997-11-04',
    ],
    ['FREQ=YEARLY;COUNT=4;BYMONTH=6,7', '1997-06-10', '1997-06-10 1997-07-10 1998-06-10 1998-07-10'],
    [
      'FREQ=YEARLY;INTERVAL=2;COUNT=5;BYMONTH=1,2,3',
      '1997-03-10',
      '1997-03-10 1999-01-10 1999-02-10 1999-03-10 2001-01-10',
    ],
    [
      'FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200',
      '1997-01-01',
      '1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18 2003-01-01 2003-04-10 2003-07-19 2006-01-01',
    ],
    ['FREQ=YEARLY;BYDAY=20MO', '1997-05-19', '1997-05-19 1998-05-18 1999-05-17'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', '1997-05-12', '1997-05-12 1998-05-11 1999-05-17'],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=TH', '1997-03-13', '1997-03-13 1997-03-20 1997-03-27 1998-03-05 1998-03-12'],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13', '1997-09-02', '1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13'],
    ['FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13', '1997-09-13', '1997-09-13 1997-10-11 1997-11-08 1997-12-13'],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '1996-11-05',
      '1996-11-05 2000-11-07 2004-11-02',
    ],
    ['FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3', '1997-09-04', '1997-09-04 1997-10-07 1997-11-06'],
    [
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2',
      '1997-09-29',
      '1997-09-29 1997-10-30 1997-11-27 1997-12-30 1998-01-29',
    ],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO', '1997-08-05', '1997-08-05 1997-08-10 1997-08-19 1997-08-24'],
    ['FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU', '1997-08-05', '1997-08-05 1997-08-17 1997-08-19 1997-08-31'],
    ['FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5', '2007-01-15', '2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30'],
  ])('%s from %s', (text, dtstart, expected) => {
    const all = dates(expected);
    expect(starts(text, `${dtstart}T09:00`, all.length)).toEqual(all);
  });
});

describe('what the examples leave out', () => {
  it.each([
    ['FREQ=HOURLY;INTERVAL=3', '1997-09-02T09:00', '1997-09-02T09:00 1997-09-02T12:00 1997-09-02T15:00'],
    ['FREQ=HOURLY;INTERVAL=7', '1997-09-02T22:10', '1997-09-02T22:10 1997-09-03T05:10 1997-09-03T12:10'],
    ['FREQ=HOURLY;BYHOUR=23,0', '1997-09-02T22:10', '1997-09-02T23:10 1997-09-03T00:10 1997-09-03T23:10'],
    ['FREQ=HOURLY;BYMINUTE=0,20,40;BYSETPOS=-1', '1997-09-02T22:10', '1997-09-02T22:40 1997-09-02T23:40'],
    [
      'FREQ=DAILY;BYHOUR=9,10;BYMINUTE=0,30',
      '1997-09-02T09:15',
      '1997-09-02T09:30 1997-09-02T10:00 1997-09-02T10:30 1997-09-03T09:00',
    ],
    ['FREQ=YEARLY;BYWEEKNO=1', '2019-12-31T09:00', '2019-12-31T09:00 2021-01-05T09:00 2022-01-04T09:00'],
    ['FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO', '2020-01-01T09:00', '2020-12-28T09:00 2026-12-28T09:00'],
    ['FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR', '2020-06-01T09:00', '2021-01-01T09:00 2021-12-31T09:00'],
    ['FREQ=YEARLY;BYYEARDAY=-1', '2024-01-01T09:00', '2024-12-31T09:00 2025-12-31T09:00'],
    // Plain and numbered days beside each other: every Monday, and the last Friday of the year.
    [
      'FREQ=YEARLY;BYDAY=MO,-1FR',
      '2026-12-20T09:00',
      '2026-12-21T09:00 2026-12-25T09:00 2026-12-28T09:00 2027-01-04T09:00',
    ],
    ['FREQ=YEARLY', '2024-02-29T09:00', '2024-02-29T09:00 2028-02-29T09:00'],
    ['FREQ=MONTHLY', '2026-01-31T09:00', '2026-01-31T09:00 2026-03-31T09:00 2026-05-31T09:00'],
    // A start that the rule does not name is no occurrence.
    ['FREQ=WEEKLY;BYDAY=MO', '2026-01-01T09:00', '2026-01-05T09:00 2026-01-12T09:00'],
  ])('%s from %s', (text, dtstart, expected) => {
    const all = expected.split(' ');
    expect(starts(text, dtstart, all.length)).toEqual(all);
  });
});

describe('rules that never occur', () => {
  it.each([
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;INTERVAL=10000;BYMONTH=2;BYMONTHDAY=30;COUNT=5000',
    'FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31',
    'FREQ=MONTHLY;BYDAY=6MO;COUNT=1',
    'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;INTERVAL=7;COUNT=1',
    'FREQ=DAILY;BYHOUR=1,2;BYSETPOS=366;COUNT=5000',
    'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=-30;COUNT=5000',
    'FREQ=HOURLY;INTERVAL=24;BYHOUR=3;COUNT=5000',
    'FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6',
    'FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1',
  ])('%s', (text) => {
    const never = rule(text, '1970-01-01T02:00');
    expect(expandRule(never, Date.UTC(2026, 0), Date.UTC(2028, 0))).toEqual([]);
    if (never.count !== null) expect(countedStarts(never, never.count)).toEqual([]);
  });

  it('are told from those that need more than a hundred years', () => {
    expect(countedStarts(rule('FREQ=YEARLY', '2000-02-29T09:00'), 25)?.length).toBe(25);
    expect(countedStarts(rule('FREQ=YEARLY', '2000-02-29T09:00'), 26)).toBeNull();
  });
});

it('finds in a span what it finds in a longer one', () => {
  const texts = [
    'YEARLY;BYDAY=MO;BYSETPOS=-1,2',
    'MONTHLY;INTERVAL=3;BYMONTHDAY=-1,31',
    'WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU',
    'DAILY;INTERVAL=3',
    'HOURLY;INTERVAL=5;BYDAY=TU',
  ];
  const all = texts.map((text) => rule(`FREQ=${text}`, '2020-05-17T09:30'));
  const end = Date.UTC(2024, 0);
  const known = new Map(all.map((one) => [one, expandRule(one, 0, end)]));
  const moments = fc.tuple(fc.integer({ min: Date.UTC(2020, 0), max: end }), fc.integer({ min: 0, max: 90 * dayMs }));
  fc.assert(
    fc.property(fc.constantFrom(...all), moments, (one, [from, length]) => {
      const to = Math.min(end, from + length);
      expect(expandRule(one, from, to)).toEqual(known.get(one)!.filter((wall) => wall >= from && wall < to));
    }),
  );
});
