import { dateOf, dayMs, dayOf, hourMs, minuteMs, readWrittenTime, weekdayOf, type WrittenTime } from './wall-clock.js';

const frequencies = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY'] as const;
export type Frequency = (typeof frequencies)[number];

const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** `FR`, or with `nth` the second (2) or the last (-1) Friday of a month or year. */
export interface RuleDay {
  readonly weekday: number;
  readonly nth: number | null;
}

/**
 * A recurrence rule of RFC 5545, section 3.3.10, together with its DTSTART, from which it takes what it does not say: the
 * lists are complete, so that null means that nothing is asked.
 */
export interface RecurrenceRule {
  readonly frequency: Frequency;
  readonly interval: number;
  /** The wall of DTSTART: nothing occurs before it, and weeks, months and so on are counted from it. */
  readonly dtstart: number;
  /** How often it occurs, 1…`maxCount`; null: without end. Starts that `exdates` skips are counted. */
  readonly count: number | null;
  /** The last moment or wall at which it may occur. */
  readonly until: WrittenTime | null;
  readonly months: readonly number[] | null;
  readonly weekNumbers: readonly number[] | null;
  readonly yearDays: readonly number[] | null;
  readonly monthDays: readonly number[] | null;
  readonly days: readonly RuleDay[] | null;
  /** Null only for HOURLY. */
  readonly hours: readonly number[] | null;
  /** Times within an hour, in milliseconds, ascending. */
  readonly timesOfHour: readonly number[];
  readonly positions: readonly number[] | null;
  /** 0 is Monday. */
  readonly weekStart: number;
}

export const maxCount = 5000;

/** What is wrong with a rule, to be read after `invalid RRULE: `. */
export interface RuleFault {
  readonly fault: string;
}

/**
 * Reads a rule as calendars write it, with or without `RRULE:` before it. What this cannot evaluate is a fault: frequencies
 * below HOURLY, parts that RFC 5545 does not know or forbids together.
 */
export function readRecurrenceRule(text: string, dtstart: number): RecurrenceRule | RuleFault {
  const parts = new Map<string, string>();
  for (const part of text
    .trim()
    .replace(/^RRULE:/i, '')
    .toUpperCase()
    .split(';')) {
    const [name, value, ...rest] = part.split('=');
    if (name === undefined || value === undefined || rest.length > 0)
      return { fault: `${quoted(part)} is not NAME=VALUE` };
    if (!known.has(name)) return { fault: `${quoted(name)} is not a part that this service knows` };
    if (parts.has(name)) return { fault: `${name} is given twice` };
    parts.set(name, value);
  }
  try {
    return complete(readParts(parts), dtstart);
  } catch (error) {
    if (error instanceof RuleError) return { fault: error.message };
    throw error;
  }
}

/** Ends the reading of a rule; caught where it began. */
class RuleError extends Error {}

type Parts = ReadonlyMap<string, string>;
type ReadParts = ReturnType<typeof readParts>;

const known = new Set(
  'FREQ INTERVAL COUNT UNTIL BYMONTH BYWEEKNO BYYEARDAY BYMONTHDAY BYDAY BYHOUR BYMINUTE BYSECOND BYSETPOS WKST'.split(
    ' ',
  ),
);

function readParts(parts: Parts) {
  const frequency = frequencies.find((one) => one === parts.get('FREQ'));
  if (frequency === undefined) {
    throw new RuleError(`FREQ is ${parts.get('FREQ') ?? 'missing'}; it must be one of ${frequencies.join(', ')}`);
  }
  const rule = {
    frequency,
    interval: number(parts, 'INTERVAL', 1, 10_000) ?? 1,
    count: number(parts, 'COUNT', 1, maxCount),
    until: until(parts),
    months: numbers(parts, 'BYMONTH', 1, 12),
    weekNumbers: numbers(parts, 'BYWEEKNO', 1, 53, 'signed'),
    yearDays: numbers(parts, 'BYYEARDAY', 1, 366, 'signed'),
    monthDays: numbers(parts, 'BYMONTHDAY', 1, 31, 'signed'),
    days: days(parts),
    hours: numbers(parts, 'BYHOUR', 0, 23),
    minutes: numbers(parts, 'BYMINUTE', 0, 59),
    seconds: numbers(parts, 'BYSECOND', 0, 59),
    positions: numbers(parts, 'BYSETPOS', 1, 366, 'signed'),
    weekStart: parts.has('WKST') ? weekday('WKST', parts.get('WKST')!) : 0,
  };
  refuseTogether(parts, rule);
  return rule;
}

/** What RFC 5545 forbids: parts beside others, or at a frequency for which they have no meaning. */
function refuseTogether(parts: Parts, { frequency, days }: ReadParts): void {
  const forbid = (forbidden: boolean, message: string) => {
    if (forbidden) throw new RuleError(message);
  };
  const without = (name: string, ...some: Frequency[]) =>
    forbid(parts.has(name) && some.includes(frequency), `${name} cannot be used with FREQ=${frequency}`);
  forbid(parts.has('COUNT') && parts.has('UNTIL'), 'COUNT and UNTIL exclude each other');
  without('BYWEEKNO', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY');
  without('BYYEARDAY', 'MONTHLY', 'WEEKLY', 'DAILY');
  without('BYMONTHDAY', 'WEEKLY');
  const numbered = days?.some(({ nth }) => nth !== null) === true;
  forbid(
    numbered && (!['YEARLY', 'MONTHLY'].includes(frequency) || parts.has('BYWEEKNO')),
    'BYDAY with a number needs FREQ=MONTHLY, or FREQ=YEARLY without BYWEEKNO',
  );
  const selectsFrom = [...parts.keys()].some((name) => name.startsWith('BY') && name !== 'BYSETPOS');
  forbid(parts.has('BYSETPOS') && !selectsFrom, 'BYSETPOS needs another BY… part to select from');
}

/** Fills in from DTSTART what the rule leaves open. */
function complete({ minutes, seconds, ...rule }: ReadParts, dtstart: number): RecurrenceRule {
  const { month, day } = dateOf(dayOf(dtstart));
  const time = new Date(dtstart);
  const timesOfHour = (minutes ?? [time.getUTCMinutes()]).flatMap((minute) =>
    (seconds ?? [time.getUTCSeconds()]).map((second) => minute * minuteMs + second * 1000),
  );
  const saysNoDay = rule.days === null && rule.monthDays === null && rule.yearDays === null;
  const sameWeekday = rule.frequency === 'WEEKLY' || (rule.frequency === 'YEARLY' && rule.weekNumbers !== null);
  const sameDate = rule.frequency === 'MONTHLY' || (rule.frequency === 'YEARLY' && !sameWeekday);
  const sameMonth = saysNoDay && sameDate && rule.frequency === 'YEARLY';
  return {
    ...rule,
    dtstart,
    days: saysNoDay && sameWeekday ? [{ weekday: weekdayOf(dayOf(dtstart)), nth: null }] : rule.days,
    monthDays: saysNoDay && sameDate ? [day] : rule.monthDays,
    months: rule.months ?? (sameMonth ? [month] : null),
    hours: rule.hours ?? (rule.frequency === 'HOURLY' ? null : [time.getUTCHours()]),
    timesOfHour,
  };
}

/** How often a rule occurs on one day, at most. */
export function timesADay({ frequency, interval, hours, timesOfHour }: RecurrenceRule): number {
  const ofInterval = frequency === 'HOURLY' ? Math.ceil(dayMs / hourMs / interval) : Infinity;
  return Math.min(ofInterval, hours?.length ?? Infinity) * timesOfHour.length;
}

function number(parts: Parts, name: string, min: number, max: number): number | null {
  const text = parts.get(name);
  return text === undefined ? null : wholeNumber(name, text, min, max);
}

/** The numbers of a list, ascending and each once. */
function numbers(parts: Parts, name: string, min: number, max: number, sign?: 'signed'): number[] | null {
  const text = parts.get(name);
  if (text === undefined) return null;
  const all = text.split(',').map((one) => {
    const negative = sign === 'signed' && one.startsWith('-');
    const size = wholeNumber(name, sign === 'signed' ? one.replace(/^[+-]/, '') : one, min, max);
    return negative ? -size : size;
  });
  return [...new Set(all)].sort((a, b) => a - b);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new RuleError(`${name} has ${quoted(text)}; its numbers lie between ${min} and ${max}`);
  }
  return value;
}

function days(parts: Parts): RuleDay[] | null {
  const text = parts.get('BYDAY');
  if (text === undefined) return null;
  return text.split(',').map((one) => {
    const match = /^([+-]?)(\d{1,2})?([A-Z]{2})$/.exec(one);
    const [, sign = '', nth, name = ''] = match ?? [];
    if (match === null || (nth === undefined && sign !== ''))
      throw new RuleError(`BYDAY has ${quoted(one)}; write MO, 2MO or -1MO`);
    const size = nth === undefined ? null : wholeNumber('BYDAY', nth, 1, 53);
    return { weekday: weekday('BYDAY', name), nth: size === null || sign !== '-' ? size : -size };
  });
}

function weekday(part: string, name: string): number {
  const index = weekdays.indexOf(name);
  if (index < 0) throw new RuleError(`${part} has ${quoted(name)}; the days are ${weekdays.join(', ')}`);
  return index;
}

/** `20251231T230000Z`, without `Z` in the rule's zone, or a date: until its end. */
function until(parts: Parts): WrittenTime | null {
  const text = parts.get('UNTIL');
  if (text === undefined) return null;
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(text);
  const [, year, month, day, hours = '23', minutes = '59', seconds = '59', zulu = ''] = match ?? [];
  const time = match && readWrittenTime(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}${zulu}`);
  if (time === null) throw new RuleError(`UNTIL has ${quoted(text)}; write 20251231 or 20251231T230000Z`);
  return time;
}

/** What a rule says, short enough to be shown. */
function quoted(text: string): string {
  return `'${text.length > 30 ? `${text.slice(0, 30)}…` : text}'`;
}
