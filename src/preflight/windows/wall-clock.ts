/*
 * A wall-clock time is written down as a number, its `wall`: the milliseconds since 1970 of a clock in UTC that shows the
 * same date and time. A day is the number of such a date, 0 being 1 January 1970. What moment a wall means in a time zone,
 * only `TimeZone` knows.
 */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A date of the Gregorian calendar; `month` and `day` count from 1. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day on which a wall lies. */
export function dayOf(wall: number): number {
  return Math.floor(wall / dayMs);
}

/** The day with this date. A month or a day outside its range counts on: month 13 is January of the next year. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / dayMs;
}

/** The date of a day. */
export function dateOf(day: number): CivilDate {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** How many days a month has. */
export function monthLength(year: number, month: number): number {
  return dayNumber(year, month + 1, 1) - dayNumber(year, month, 1);
}

/** 0 for a Monday, 6 for a Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The minute of the day of `HH:MM`, 0…1440 (`24:00`); null for anything else. */
export function readTimeOfDay(text: string): number | null {
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text)) return null;
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** A date and time as it was written. */
export interface WrittenTime {
  readonly wall: number;
  /** Minutes east of UTC; null: it is a time of the rule's own time zone. */
  readonly offset: number | null;
}

const written =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.0{1,9})?)?(?:([Zz])|([+-])([01]\d|2[0-3]):([0-5]\d))?$/;

/**
 * Reads `2025-12-20T18:00`, with or without seconds, and with or without `Z` or an offset; null for anything else, for a
 * date that does not exist and for years before 1970. Fractions of a second must be 0.
 */
export function readWrittenTime(text: string): WrittenTime | null {
  const match = written.exec(text);
  if (match === null) return null;
  const [year, month, date, hours, minutes, seconds] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const day = dayNumber(year!, month!, date!);
  if (year! < 1970 || month !== dateOf(day).month || date !== dateOf(day).day) return null;
  const [zulu, sign, offsetHours, offsetMinutes] = match.slice(7);
  const east = Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0);
  const offset = zulu === undefined && sign === undefined ? null : sign === '-' ? -east : east;
  return { wall: day * dayMs + hours! * hourMs + minutes! * minuteMs + seconds! * 1000, offset };
}

/** `2025-10-27 00:00`, with seconds where there are any: for people. */
export function showWall(wall: number): string {
  const text = new Date(wall).toISOString().replace('T', ' ');
  return text.slice(0, wall % minuteMs === 0 ? 16 : 19);
}
