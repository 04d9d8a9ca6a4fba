import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateOf, dayNumber, monthLength, readTimeOfDay, readWrittenTime, showWall, weekdayOf } from './wall-clock.js';

describe('readTimeOfDay', () => {
  it.each([
    ['00:00', 0],
    ['09:05', 545],
    ['23:59', 1439],
    ['24:00', 1440],
    ['24:01', null],
    ['25:00', null],
    ['12:60', null],
    ['9:00', null],
    ['09:00:00', null],
    [' 09:00', null],
    ['09:00\n', null],
    ['', null],
  ])('%j: %s', (text, minute) => expect(readTimeOfDay(text)).toBe(minute));
});

describe('readWrittenTime', () => {
  it.each([
    ['2026-12-19T18:00', '2026-12-19T18:00:00.000Z', null],
    ['2026-12-19 18:00:30', '2026-12-19T18:00:30.000Z', null],
    ['2026-12-19T18:00:30.000Z', '2026-12-19T18:00:30.000Z', 0],
    ['2026-12-19t18:00z', '2026-12-19T18:00:00.000Z', 0],
    ['2026-12-19T18:00-08:00', '2026-12-19T18:00:00.000Z', -480],
    ['2026-12-19T18:00+05:45', '2026-12-19T18:00:00.000Z', 345],
    ['2028-02-29T00:00', '2028-02-29T00:00:00.000Z', null],
  ])('%s', (text, wall, offset) => {
    expect(readWrittenTime(text)).toEqual({ wall: Date.parse(wall), offset });
  });

  it.each([
    '2026-02-29T00:00',
    '2026-13-01T00:00',
    '2026-00-01T00:00',
    '2026-01-00T00:00',
    '2026-01-01T24:00',
    '2026-01-01',
    '2026-01-01T00:00:00.5',
    '2026-01-01T00:00+24:00',
    '1969-12-31T23:59',
    '20260101T000000',
    'now',
    '',
  ])('does not read %j', (text) => expect(readWrittenTime(text)).toBeNull());
});

describe('days', () => {
  it('are what Date says they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30_000, max: 2_900_000 }), (day) => {
        const { year, month, day: date } = dateOf(day);
        expect(dayNumber(year, month, date)).toBe(day);
        expect(weekdayOf(day)).toBe((new Date(day * 86_400_000).getUTCDay() + 6) % 7);
      }),
    );
  });

  it.each([
    [2026, 2, 28],
    [2028, 2, 29],
    [2100, 2, 28],
    [2000, 2, 29],
    [2026, 4, 30],
    [2026, 12, 31],
  ])('%i-%i has %i', (year, month, days) => expect(monthLength(year, month)).toBe(days));

  it.each([
    ['2026-12-19T18:00:00Z', '2026-12-19 18:00'],
    ['2026-12-19T18:00:05Z', '2026-12-19 18:00:05'],
  ])('%s is shown as %s', (time, shown) => expect(showWall(Date.parse(time))).toBe(shown));
});
