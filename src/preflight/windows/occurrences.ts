import { countedStarts, expandRule } from './expand-rule.js';
import type { TimeZone } from './time-zone.js';
import { dateOf, dayMs, dayNumber, dayOf, minuteMs, monthLength, weekdayOf } from './wall-clock.js';
import type {
  DailyWindow,
  MonthlyByDateWindow,
  MonthlyByWeekdayWindow,
  OnceWindow,
  RuleWindow,
  WeeklyWindow,
  Window,
} from './window.js';

/** One time that a window comes: from the moment `start` until before the moment `end`; empty inside a spring gap. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
  /** The wall-clock times as written; null: a moment with an offset, or an end that follows from a duration. */
  readonly startWall: number | null;
  readonly endWall: number | null;
}

/** All the times that a window comes. */
export interface Occurrences {
  /** No occurrence lasts longer, or less long, in milliseconds. */
  readonly longest: number;
  readonly shortest: number;
  /** Those that start from one moment until before another, ascending. */
  readonly startingIn: (from: number, to: number) => Occurrence[];
}

/** A window that recurs by the wall clock. */
interface Pattern {
  /** Walls of the starts from one wall until before another, ascending. */
  starts(from: number, to: number): readonly number[];
  /** The wall of the end, or how long it lasts in milliseconds. */
  readonly end: ((start: number) => number) | { readonly lastsMs: number };
  /** Between which it lasts, as walls go: changes of the zone come on top. */
  readonly longest: number;
  readonly shortest: number;
  /** False for a start that does not count, by its moment. */
  counts?(start: number, zone: TimeZone): boolean;
}

/** More than any change of a zone moves the clock: a whole day was skipped once. */
const changeMs = 25 * 60 * minuteMs;
/** More than the distance between a moment and its wall. */
const marginMs = 2 * dayMs;

/** When a window comes, in its zone. */
export function occurrencesOf(window: Window, zone: TimeZone): Occurrences {
  if (window.kind === 'once') return once(window);
  const pattern = patterns[window.kind](window as never);
  return {
    longest: pattern.longest + changeMs,
    shortest: Math.max(0, pattern.shortest - changeMs),
    startingIn: (from, to) =>
      pattern
        .starts(from - marginMs, to + marginMs)
        .map((wall) => place(pattern, wall, zone))
        .filter(({ start }) => start >= from && start < to && pattern.counts?.(start, zone) !== false),
  };
}

function place({ end }: Pattern, startWall: number, zone: TimeZone): Occurrence {
  const start = zone.startOf(startWall);
  if (typeof end === 'object') return { start, end: start + end.lastsMs, startWall, endWall: null };
  const endWall = end(startWall);
  return { start, end: zone.endOf(endWall), startWall, endWall };
}

function once({ start, end }: OnceWindow): Occurrences {
  const only: Occurrence = { start: start.at, end: end.at, startWall: start.wall, endWall: end.wall };
  return {
    longest: end.at - start.at,
    shortest: end.at - start.at,
    startingIn: (from, to) => (start.at >= from && start.at < to ? [only] : []),
  };
}

const patterns: { [Kind in Exclude<Window['kind'], 'once'>]: (window: Extract<Window, { kind: Kind }>) => Pattern } = {
  daily({ startMinute, endMinute }: DailyWindow) {
    return everyDays(1, 0, startMinute, endMinute);
  },
  weekly({ startMinute, endMinute }: WeeklyWindow) {
    return everyDays(7, -weekdayOf(0), startMinute, endMinute);
  },
  monthly_by_date(window: MonthlyByDateWindow) {
    return {
      starts: byMonth((year, month) => [
        dayNumber(year, month, clamped(window.startDate, year, month)) * dayMs + window.startMinute * minuteMs,
      ]),
      end: (start) => endByDate(window, start),
      longest: 62 * dayMs,
      shortest: 0,
    };
  },
  monthly_by_weekday({ week, weekday, startMinute, durationMinutes }: MonthlyByWeekdayWindow) {
    return {
      starts: byMonth((year, month) => {
        const day = weekdayOfMonth(year, month, week, weekday);
        return day === null ? [] : [day * dayMs + startMinute * minuteMs];
      }),
      end: { lastsMs: durationMinutes * minuteMs },
      longest: durationMinutes * minuteMs,
      shortest: durationMinutes * minuteMs,
    };
  },
  rrule({ rule, durationMinutes, exdates }: RuleWindow) {
    const counted = rule.count === null ? null : (countedStarts(rule, rule.count) ?? []);
    const skipped = new Set(exdates);
    const { until } = rule;
    return {
      starts: (from, to) => counted?.filter((wall) => wall >= from && wall < to) ?? expandRule(rule, from, to),
      end: { lastsMs: durationMinutes * minuteMs },
      longest: durationMinutes * minuteMs,
      shortest: durationMinutes * minuteMs,
      counts: (start, zone) => !skipped.has(start) && (until === null || start <= zone.momentOf(until)),
    };
  },
};

/** Every so many days, counted from a day: minutes from the midnight with which each such period begins. */
function everyDays(days: number, base: number, startMinute: number, endMinute: number): Pattern {
  const period = days * dayMs;
  const first = base * dayMs + startMinute * minuteMs;
  return {
    starts(from, to) {
      const found: number[] = [];
      for (let wall = first + Math.ceil((from - first) / period) * period; wall < to; wall += period) found.push(wall);
      return found;
    },
    end: (start) => start + (endMinute - startMinute) * minuteMs,
    longest: (endMinute - startMinute) * minuteMs,
    shortest: (endMinute - startMinute) * minuteMs,
  };
}

function byMonth(startsIn: (year: number, month: number) => number[]): Pattern['starts'] {
  return (from, to) => {
    const found: number[] = [];
    const first = dateOf(dayOf(from));
    for (let { year, month } = first; dayNumber(year, month, 1) * dayMs < to; month++) {
      if (month > 12) [year, month] = [year + 1, 1];
      found.push(...startsIn(year, month).filter((wall) => wall >= from && wall < to));
    }
    return found;
  };
}

/** A date that the month lacks means its last day. */
function clamped(date: number, year: number, month: number): number {
  const length = monthLength(year, month);
  return date === -1 ? length : Math.min(date, length);
}

/**
 * An end at or before the start, as written and with -1 for 31, lies in the next month. Where a short month brings the end
 * to or before the start, the window lasts to the end of that day.
 */
function endByDate({ startDate, startMinute, endDate, endMinute }: MonthlyByDateWindow, start: number): number {
  const asWritten = (date: number, minute: number) => (date === -1 ? 31 : date) * 24 * 60 + minute;
  const { year, month } = dateOf(dayOf(start));
  const later = asWritten(endDate, endMinute) <= asWritten(startDate, startMinute) ? 1 : 0;
  const of = dateOf(dayNumber(year, month + later, 1));
  const day = dayNumber(of.year, of.month, clamped(endDate, of.year, of.month));
  const end = day * dayMs + endMinute * minuteMs;
  return end > start ? end : (day + 1) * dayMs;
}

/** The first…fifth or last (-1) such weekday of a month; null: the month lacks it. */
function weekdayOfMonth(year: number, month: number, week: number, weekday: number): number | null {
  const first = dayNumber(year, month, 1);
  const last = first + monthLength(year, month) - 1;
  const day =
    week === -1
      ? last - ((weekdayOf(last) - weekday + 7) % 7)
      : first + ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7;
  return day > last ? null : day;
}
