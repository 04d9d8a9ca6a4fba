import type { RecurrenceRule, RuleDay } from './recurrence-rule.js';
import { dateOf, dayMs, dayNumber, dayOf, hourMs, monthLength, weekdayOf } from './wall-clock.js';

/*
 * RFC 5545 by hand, because what there is does not do: of the maintained libraries one never returns from rules that never
 * occur, the other drops days of yearly rules and gives up by throwing after so many steps. Here the work depends only on
 * the span that is asked for, whatever the rule. Everything is wall-clock time: what a missing or doubled time means is
 * the zone's business.
 */

/**
 * The walls at which a rule occurs from one wall until before another, ascending, regardless of its COUNT and UNTIL. It
 * jumps to the span and looks at each day of its periods once.
 */
export function expandRule(rule: RecurrenceRule, from: number, to: number): number[] {
  const first = Math.max(from, rule.dtstart);
  if (first >= to) return [];
  return periods[rule.frequency](rule, dayOf(first), dayOf(to - 1)).filter((wall) => wall >= first && wall < to);
}

const counted = new WeakMap<RecurrenceRule, readonly number[] | null>();

/**
 * The walls of a rule with COUNT, laid out once; null where they reach further than a hundred years. A rule that never occurs has none.
 */
export function countedStarts(rule: RecurrenceRule, count: number): readonly number[] | null {
  let starts = counted.get(rule);
  if (starts === undefined) counted.set(rule, (starts = layOut(rule, count)));
  return starts;
}

function layOut(rule: RecurrenceRule, count: number): readonly number[] | null {
  const found: number[] = [];
  const { year, month, day } = dateOf(dayOf(rule.dtstart));
  for (let i = 0; i < 100; i++) {
    const [from, to] = [dayNumber(year + i, month, day), dayNumber(year + i + 1, month, day)];
    found.push(...expandRule(rule, from * dayMs, to * dayMs));
    if (found.length >= count) return found.slice(0, count);
  }
  return found.length === 0 ? found : null;
}

/** For each frequency: all walls of the periods that touch the days from the first to the last. */
const periods: Record<RecurrenceRule['frequency'], (rule: RecurrenceRule, first: number, last: number) => number[]> = {
  YEARLY(rule, first, last) {
    const base = dateOf(dayOf(rule.dtstart)).year;
    const times = timesOfDay(rule);
    return steps(base, rule.interval, dateOf(first).year, dateOf(last).year).flatMap((year) =>
      selected(rule, wallsOf(daysOfMonths(rule, year * 12, year * 12 + 11), times)),
    );
  },
  MONTHLY(rule, first, last) {
    const times = timesOfDay(rule);
    return steps(monthOf(dayOf(rule.dtstart)), rule.interval, monthOf(first), monthOf(last)).flatMap((month) =>
      selected(rule, wallsOf(daysOfMonths(rule, month, month), times)),
    );
  },
  WEEKLY(rule, first, last) {
    const start = (day: number) => day - ((weekdayOf(day) - rule.weekStart + 7) % 7);
    const times = timesOfDay(rule);
    return steps(start(dayOf(rule.dtstart)), 7 * rule.interval, start(first), last).flatMap((week) =>
      selected(rule, wallsOf(matchingDays(rule, steps(week, 1, week, week + 6)), times)),
    );
  },
  DAILY(rule, first, last) {
    const times = selected(rule, timesOfDay(rule));
    if (times.length === 0) return [];
    return wallsOf(matchingDays(rule, steps(dayOf(rule.dtstart), rule.interval, first, last)), times);
  },
  HOURLY(rule, first, last) {
    const times = selected(rule, rule.timesOfHour);
    if (times.length === 0) return [];
    const base = Math.floor(rule.dtstart / hourMs);
    const found: number[] = [];
    for (const day of matchingDays(rule, steps(first, 1, first, last))) {
      for (const hour of steps(base, rule.interval, day * 24, day * 24 + 23)) {
        if (rule.hours?.includes(hour - day * 24) === false) continue;
        for (const time of times) found.push(hour * hourMs + time);
      }
    }
    return found;
  },
};

/** The numbers `base + k · interval` from the first to the last. */
function steps(base: number, interval: number, first: number, last: number): number[] {
  const found: number[] = [];
  const next = base + Math.ceil((first - base) / interval) * interval;
  for (let step = next; step <= last; step += interval) found.push(step);
  return found;
}

/** Months counted from the year 0. */
function monthOf(day: number): number {
  const { year, month } = dateOf(day);
  return year * 12 + month - 1;
}

function daysOfMonths(rule: RecurrenceRule, first: number, last: number): number[] {
  return steps(first, 1, first, last).flatMap((index) => {
    const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
    if (rule.months?.includes(month) === false) return [];
    const start = dayNumber(year, month, 1);
    return matchingDays(rule, steps(start, 1, start, start + monthLength(year, month) - 1));
  });
}

/** All times of a day at which a rule that is not HOURLY may occur, in milliseconds. */
function timesOfDay({ hours, timesOfHour }: RecurrenceRule): number[] {
  return (hours ?? []).flatMap((hour) => timesOfHour.map((time) => hour * hourMs + time));
}

function wallsOf(days: readonly number[], times: readonly number[]): number[] {
  const found: number[] = [];
  for (const day of days) for (const time of times) found.push(day * dayMs + time);
  return found;
}

/** What BYSETPOS selects from the times of one period. */
function selected({ positions }: RecurrenceRule, times: readonly number[]): readonly number[] {
  if (positions === null) return times;
  return times.filter((_, i) => positions.includes(i + 1) || positions.includes(i - times.length));
}

function matchingDays(rule: RecurrenceRule, days: readonly number[]): number[] {
  return days.filter((day) => matches(rule, day));
}

function matches(rule: RecurrenceRule, day: number): boolean {
  const { months, monthDays, yearDays, weekNumbers, days } = rule;
  if (days !== null && !days.some(({ weekday }) => weekday === weekdayOf(day))) return false;
  if (months === null && monthDays === null && yearDays === null && weekNumbers === null) {
    return days === null || days.some((one) => isDay(rule, one, day));
  }
  const date = dateOf(day);
  if (months !== null && !months.includes(date.month)) return false;
  if (monthDays !== null && !has(monthDays, date.day, monthLength(date.year, date.month))) return false;
  if (yearDays !== null && !has(yearDays, day - newYear(date.year) + 1, yearLength(date.year))) return false;
  if (weekNumbers !== null && !isInWeek(rule, weekNumbers, day, date.year)) return false;
  return days === null || days.some((one) => isDay(rule, one, day));
}

/** Whether a list has a number, counted from the start or, below 0, from the end. */
function has(list: readonly number[], position: number, length: number): boolean {
  return list.includes(position) || list.includes(position - length - 1);
}

function newYear(year: number): number {
  return dayNumber(year, 1, 1);
}

function yearLength(year: number): number {
  return newYear(year + 1) - newYear(year);
}

/** Weeks as ISO 8601 counts them, but from the rule's own first day of the week: week 1 is the one with 4 January. */
function isInWeek(rule: RecurrenceRule, numbers: readonly number[], day: number, year: number): boolean {
  const firstWeek = (of: number) => {
    const fourth = dayNumber(of, 1, 4);
    return fourth - ((weekdayOf(fourth) - rule.weekStart + 7) % 7);
  };
  const weekYear = day < firstWeek(year) ? year - 1 : day >= firstWeek(year + 1) ? year + 1 : year;
  const start = firstWeek(weekYear);
  return has(numbers, Math.floor((day - start) / 7) + 1, (firstWeek(weekYear + 1) - start) / 7);
}

/** A numbered weekday is counted within the month, in a yearly rule without BYMONTH within the year. */
function isDay({ frequency, months }: RecurrenceRule, { weekday, nth }: RuleDay, day: number): boolean {
  if (weekday !== weekdayOf(day)) return false;
  if (nth === null) return true;
  const { year, month, day: date } = dateOf(day);
  const inYear = frequency === 'YEARLY' && months === null;
  const [position, length] = inYear ? [day - newYear(year), yearLength(year)] : [date - 1, monthLength(year, month)];
  return nth > 0 ? Math.floor(position / 7) + 1 === nth : Math.floor((length - 1 - position) / 7) + 1 === -nth;
}
