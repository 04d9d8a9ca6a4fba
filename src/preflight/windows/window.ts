import type { RecurrenceRule } from './recurrence-rule.js';

/** A moment, in milliseconds since 1970, and the wall-clock time as which it was written; null where it had an offset. */
export interface Moment {
  readonly at: number;
  readonly wall: number | null;
}

/** From one moment to another. */
export interface OnceWindow {
  readonly kind: 'once';
  readonly start: Moment;
  readonly end: Moment;
}

/** Every day: minutes from midnight. The end is later than the start, and past 1440 where it lies on the next day. */
export interface DailyWindow {
  readonly kind: 'daily';
  readonly startMinute: number;
  readonly endMinute: number;
}

/** Every week: minutes from Monday 00:00. The end is later than the start, and past 10080 where it wraps round. */
export interface WeeklyWindow {
  readonly kind: 'weekly';
  readonly startMinute: number;
  readonly endMinute: number;
}

/** From one date of the month to another, -1 for the last; minutes from midnight. */
export interface MonthlyByDateWindow {
  readonly kind: 'monthly_by_date';
  readonly startDate: number;
  readonly startMinute: number;
  readonly endDate: number;
  readonly endMinute: number;
}

/** On the first…fifth or last (-1) such weekday of the month (0 is Monday). */
export interface MonthlyByWeekdayWindow {
  readonly kind: 'monthly_by_weekday';
  readonly week: number;
  readonly weekday: number;
  readonly startMinute: number;
  readonly durationMinutes: number;
}

/** At each start of a recurrence rule of RFC 5545. */
export interface RuleWindow {
  readonly kind: 'rrule';
  readonly rule: RecurrenceRule;
  readonly durationMinutes: number;
  /** Starts that are skipped: moments. */
  readonly exdates: readonly number[];
}

/** One window of a schedule, as it recurs. */
export type Window =
  OnceWindow | DailyWindow | WeeklyWindow | MonthlyByDateWindow | MonthlyByWeekdayWindow | RuleWindow;

/**
 * When deployments may start. `deny`: not inside the windows; `allow`: only inside them. Windows of one schedule are
 * alternatives. Read only, since what has been computed of it is kept as long as the object.
 */
export interface Schedule {
  readonly mode: 'deny' | 'allow';
  /** IANA name. */
  readonly timezone: string;
  readonly windows: readonly Window[];
  /** How long before a closed period starts are refused as well, since they would run into it. Null: not at all. */
  readonly runway: 'p95' | { readonly minutes: number } | null;
}
