import type { Fault } from '../../common/errors/invalid.error.js';
import { readStrict } from '../../common/validation/read-input.js';
import { extra, missing } from '../../common/validation/vocabulary.js';
import { countedStarts } from '../windows/expand-rule.js';
import { readRecurrenceRule, timesADay } from '../windows/recurrence-rule.js';
import { timeZone, type TimeZone } from '../windows/time-zone.js';
import type { WrittenTime } from '../windows/wall-clock.js';
import type { Moment, Schedule, Window } from '../windows/window.js';
import type { ReadConfig } from './check.js';
import {
  type DailyWindowDto,
  type MonthlyWindowDto,
  type OnceWindowDto,
  type Recurrence,
  type RuleWindowDto,
  scheduleConfigDtos,
  UnknownScheduleConfigDto,
  type WeeklyWindowDto,
  weekdays,
} from './schedule.dto.js';

/** No-deploy windows (`deny`), or the only times at which deployments may start (`allow`). */
export interface ScheduleConfig extends Schedule {
  readonly recurrence: Recurrence;
  /** Shown to those who are refused. */
  readonly reason: string | null;
}

type Loc = Fault['loc'];

const notLater = { msg: 'ensure the end is later than the start', type: 'value_error.window.not_later' };
const empty = { msg: 'start and end must differ', type: 'value_error.window.empty' };
const twoRunways = { msg: 'runway and runway_minutes exclude each other', type: 'value_error.runway.ambiguous' };
const tooMany = (what: string) => ({ msg: `too many occurrences: ${what}`, type: 'value_error.rrule.too_many' });

/** The last second that can be written in UTC: an end on the last day of 9999 means never, in whichever zone. */
const latest = Date.UTC(9999, 11, 31, 23, 59, 59);

/** All windows of a rule together, so that a schedule can be followed for more than a year at once. */
const maxTimesADay = 100;

/** A window, or what is wrong with it: below the window's own place. */
type WindowReading = Window | readonly Fault[];

const readWindow: {
  readonly [R in Recurrence]: (
    window: InstanceType<(typeof scheduleConfigDtos)[R]>['windows'][number],
    zone: TimeZone,
    loc: Loc,
  ) => WindowReading;
} = {
  once({ start, end }: OnceWindowDto, zone, loc) {
    const window = { kind: 'once', start: toMoment(start, zone, 'start'), end: toMoment(end, zone, 'end') } as const;
    return window.end.at > window.start.at ? window : [{ loc: [...loc, 'end'], ...notLater }];
  },

  daily({ start_time, end_time }: DailyWindowDto, _zone, loc) {
    if (start_time === end_time) return [{ loc: [...loc, 'end_time'], ...empty }];
    const endMinute = end_time > start_time ? end_time : end_time + 24 * 60;
    return { kind: 'daily', startMinute: start_time, endMinute };
  },

  weekly({ start_day, start_time, end_day, end_time }: WeeklyWindowDto, _zone, loc) {
    if (start_day === end_day && start_time === end_time) return [{ loc: [...loc, 'end_time'], ...empty }];
    const startMinute = toWeekday(start_day) * 24 * 60 + start_time;
    const endMinute = toWeekday(end_day) * 24 * 60 + end_time;
    return { kind: 'weekly', startMinute, endMinute: endMinute > startMinute ? endMinute : endMinute + 7 * 24 * 60 };
  },

  monthly(window: MonthlyWindowDto) {
    if (window.week === undefined) {
      return {
        kind: 'monthly_by_date',
        startDate: window.start_date!,
        startMinute: window.start_time,
        endDate: window.end_date!,
        endMinute: window.end_time!,
      };
    }
    return {
      kind: 'monthly_by_weekday',
      week: window.week,
      weekday: toWeekday(window.weekday!),
      startMinute: window.start_time,
      durationMinutes: window.duration_minutes!,
    };
  },

  rrule({ dtstart, rrule, duration_minutes, exdates }: RuleWindowDto, zone, loc) {
    const start = dtstart.offset === null ? dtstart.wall : zone.wallAt(zone.momentOf(dtstart));
    const rule = readRecurrenceRule(rrule, start);
    const at = [...loc, 'rrule'];
    if ('fault' in rule) return [{ loc: at, msg: `invalid RRULE: ${rule.fault}`, type: 'value_error.rrule' }];
    if (timesADay(rule) > maxTimesADay) return [{ loc: at, ...tooMany(`more than ${maxTimesADay} a day`) }];
    if (rule.count !== null && countedStarts(rule, rule.count) === null) {
      return [{ loc: at, ...tooMany('COUNT reaches further than 100 years') }];
    }
    return {
      kind: 'rrule',
      rule,
      durationMinutes: duration_minutes,
      exdates: exdates.map((exdate) => zone.momentOf(exdate)),
    };
  },
};

/** Reads what the page on pre-flight checks says of schedules. Total: whatever JSON it gets, it answers. */
export const readScheduleConfig: ReadConfig<ScheduleConfig> = (json, loc) => {
  const recurrence = recurrenceOf(json);
  const { value, faults } = readStrict(
    recurrence === null ? UnknownScheduleConfigDto : scheduleConfigDtos[recurrence],
    json,
    loc,
  );
  const found = [...faults];
  if (value.runway != null && value.runway_minutes != null) found.push({ loc: [...loc, 'runway'], ...twoRunways });
  if (recurrence === 'monthly') found.push(...misfits(json, loc));
  const zone = timeZone(value.timezone ?? '');
  const areSound = !found.some((fault) => fault.loc[loc.length] === 'windows');
  if (recurrence === null || zone === null || !areSound || !Array.isArray(value.windows)) return { faults: found };

  if (recurrence === 'rrule') {
    const excess = tooManyRules(value.windows as RuleWindowDto[], loc);
    if (excess.length > 0) return { faults: [...found, ...excess] };
  }

  const windows: Window[] = [];
  for (const [i, window] of value.windows.entries()) {
    const read = readWindow[recurrence](window as never, zone, [...loc, 'windows', i]);
    if ('kind' in read) windows.push(read);
    else found.push(...read);
  }
  found.push(...tooOften(windows, loc));
  if (found.length > 0) return { faults: found };
  const runway = value.runway ?? (value.runway_minutes == null ? null : { minutes: value.runway_minutes });
  return {
    config: { mode: value.mode, timezone: zone.name, recurrence, windows, runway, reason: value.reason ?? null },
  };
};

function recurrenceOf(json: unknown): Recurrence | null {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, 'recurrence')) return null;
  const { recurrence } = json as { recurrence: unknown };
  return typeof recurrence === 'string' && Object.hasOwn(scheduleConfigDtos, recurrence)
    ? (recurrence as Recurrence)
    : null;
}

const byDate = ['start_date', 'end_date', 'end_time'] as const;
const byWeekday = ['week', 'weekday', 'duration_minutes'] as const;

/** A monthly window is by weekday as soon as it says so; then it lacks, and may not have, what is by date. */
function misfits(json: unknown, loc: Loc): Fault[] {
  const { windows } = json as { windows?: unknown };
  if (!Array.isArray(windows)) return [];
  return windows.flatMap((window: unknown, i): Fault[] => {
    if (typeof window !== 'object' || window === null || Array.isArray(window)) return [];
    const has = (key: string) => Object.hasOwn(window, key);
    const [own, other] = byWeekday.some(has) ? [byWeekday, byDate] : [byDate, byWeekday];
    return [
      ...own.filter((key) => !has(key)).map((key) => ({ loc: [...loc, 'windows', i, key], ...missing })),
      ...other.filter(has).map((key) => ({ loc: [...loc, 'windows', i, key], ...extra })),
    ];
  });
}

/** The first window with which they come too often together. */
function tooOften(windows: readonly Window[], loc: Loc): Fault[] {
  let times = 0;
  for (const [i, window] of windows.entries()) {
    times += window.kind === 'rrule' ? timesADay(window.rule) : 0;
    if (times > maxTimesADay) {
      return [{ loc: [...loc, 'windows', i, 'rrule'], ...tooMany(`more than ${maxTimesADay} a day in all windows`) }];
    }
  }
  return [];
}

function toMoment(time: WrittenTime, zone: TimeZone, as: 'start' | 'end'): Moment {
  if (time.offset !== null) return { at: Math.min(zone.momentOf(time), latest), wall: null };
  const at = as === 'start' ? zone.startOf(time.wall) : zone.endOf(time.wall);
  return { at: Math.min(at, latest), wall: time.wall };
}

function toWeekday(day: string): number {
  return weekdays.findIndex((name) => name === day);
}

/** Rules of RFC 5545 are the only windows that cost something to lay out, those with COUNT most: from their first day on. */
const most = { rules: 50, counted: 10, exdates: 1000 } as const;

/** Judged before any of them is laid out. */
function tooManyRules(windows: readonly RuleWindowDto[], loc: Loc): Fault[] {
  const at = [...loc, 'windows'];
  const counted = windows.filter(({ rrule }) => /\bCOUNT\b/i.test(rrule));
  const exdates = windows.reduce((sum, window) => sum + window.exdates.length, 0);
  return [
    ...(windows.length > most.rules ? [{ loc: at, ...tooMany(`more than ${most.rules} windows`) }] : []),
    ...(counted.length > most.counted ? [{ loc: at, ...tooMany(`more than ${most.counted} windows with COUNT`) }] : []),
    ...(exdates > most.exdates ? [{ loc: at, ...tooMany(`more than ${most.exdates} exdates in all windows`) }] : []),
  ];
}
