import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, IsObject, IsString, ValidateBy } from 'class-validator';
import { IsReadable } from '../../common/validation/constraints.js';
import { field, type FieldOptions } from '../../common/validation/field.js';
import { EnumField, IntegerField, ObjectListField, StringField } from '../../common/validation/fields.js';
import { timeZone } from '../windows/time-zone.js';
import { readTimeOfDay, readWrittenTime, type WrittenTime } from '../windows/wall-clock.js';

/** In the order of the numbers of `weekdayOf`. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

export const recurrences = ['once', 'daily', 'weekly', 'monthly', 'rrule'] as const;
export type Recurrence = (typeof recurrences)[number];

/** The longest duration of a window, in minutes: a leap year. */
const longestMinutes = 366 * 24 * 60;

const readStartTime = (text: string) => (text === '24:00' ? null : readTimeOfDay(text));

/** `HH:MM`; the handler gets the minute of the day. */
function StartTimeField(options: FieldOptions = {}): PropertyDecorator {
  return field(
    { description: 'HH:MM by the clock of the time zone', example: '15:00', ...options },
    {
      constraints: [IsReadable('isTimeOfDay', readStartTime)],
      api: { type: String, pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' },
      reading: { convert: readTimeOfDay },
    },
  );
}

/** `HH:MM` or `24:00`; the handler gets the minute of the day. */
function EndTimeField(options: FieldOptions): PropertyDecorator {
  return field(
    { example: '18:00', ...options },
    {
      constraints: [IsReadable('isTimeOfDay', readTimeOfDay)],
      api: { type: String, pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' },
      reading: { convert: readTimeOfDay },
    },
  );
}

/** 1 to a maximum, or -1. */
function CountedField({ name, max, ...options }: FieldOptions & { name: string; max: number }): PropertyDecorator {
  const fits = (value: unknown) =>
    value === -1 || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max);
  return field(options, {
    constraints: [IsInt(), ValidateBy({ name, validator: { validate: fits, defaultMessage: () => name } })],
    api: { type: 'integer', enum: [-1, ...Array.from({ length: max }, (_, i) => i + 1)] },
  });
}

const DayOfMonthField = (options: FieldOptions) => CountedField({ name: 'isDayOfMonth', max: 31, ...options });

/** A date and time, with an offset or by the clock of the time zone. */
function WrittenTimeField(options: FieldOptions): PropertyDecorator {
  return field(options, {
    constraints: [IsReadable('isDateTime', readWrittenTime)],
    api: { type: String },
    reading: { convert: readWrittenTime },
  });
}

export class OnceWindowDto {
  @WrittenTimeField({
    description: 'Inside from here on: a date and time by the clock of the time zone, or with an offset',
    example: '2026-12-19T18:00:00',
  })
  start!: WrittenTime;

  @WrittenTimeField({ description: 'The first moment outside again', example: '2027-01-04T08:00:00' })
  end!: WrittenTime;
}

export class DailyWindowDto {
  @StartTimeField()
  start_time!: number;

  @EndTimeField({ description: 'HH:MM, or 24:00 for the end of the day; at or before the start: of the next day' })
  end_time!: number;
}

export class WeeklyWindowDto {
  @EnumField({ values: weekdays, example: 'friday' })
  start_day!: string;

  @StartTimeField()
  start_time!: number;

  @EnumField({ values: weekdays, description: 'At or before the start: of the next week', example: 'monday' })
  end_day!: string;

  @EndTimeField({ description: 'HH:MM, or 24:00 for the end of the day', example: '00:00' })
  end_time!: number;
}

/**
 * By date (`start_date`, `end_date`, `end_time`) or by weekday (`week`, `weekday`, `duration_minutes`), from `start_time` on.
 * The fields of the other form are refused.
 */
export class MonthlyWindowDto {
  @DayOfMonthField({
    description: 'By date: 1 to 31, or -1 for the last day; a date that the month lacks means its last day',
    example: 28,
    required: false,
  })
  start_date?: number;

  @CountedField({
    name: 'isWeekOfMonth',
    max: 5,
    description: 'By weekday: which one of the month, or -1 for the last; a fifth that the month lacks does not come',
    required: false,
  })
  week?: number;

  @EnumField({ values: weekdays, description: 'By weekday', required: false })
  weekday?: string;

  @StartTimeField()
  start_time!: number;

  @DayOfMonthField({
    description: 'By date: as the start; at or before the start: of the next month',
    example: -1,
    required: false,
  })
  end_date?: number;

  @EndTimeField({ description: 'By date: HH:MM, or 24:00 for the end of the day', required: false })
  end_time?: number;

  @IntegerField({ min: 1, max: longestMinutes, description: 'By weekday: how long it lasts', required: false })
  duration_minutes?: number;
}

export class RuleWindowDto {
  @WrittenTimeField({
    description: 'From when on the rule counts: DTSTART, by the clock of the time zone or with an offset',
    example: '2026-01-30T16:00:00',
  })
  dtstart!: WrittenTime;

  @IntegerField({ min: 1, max: longestMinutes, description: 'How long each occurrence lasts', example: 480 })
  duration_minutes!: number;

  @StringField({
    max: 500,
    description: 'RFC 5545, FREQ from YEARLY to HOURLY, at most 100 occurrences a day in all windows together',
    example: 'FREQ=MONTHLY;BYDAY=-1FR',
  })
  rrule!: string;

  @field(
    { description: 'Starts that are skipped', required: false, default: [] },
    {
      constraints: [
        IsArray(),
        ArrayMaxSize(1000),
        IsString({ each: true }),
        IsReadable('isDateTime', readWrittenTime, { each: true }),
      ],
      api: { type: String, isArray: true, maxItems: 1000 },
      reading: { convert: (texts: string[]) => texts.map(readWrittenTime) },
    },
  )
  exdates!: readonly WrittenTime[];
}

/** What schedules of every recurrence have. */
abstract class ScheduleFields {
  @EnumField({
    values: ['deny', 'allow'],
    description: 'deny: nothing may start inside the windows; allow: nothing may start outside them',
  })
  mode!: 'deny' | 'allow';

  @field(
    {
      description: 'IANA name of the time zone by whose clock the windows are meant',
      example: 'Europe/Berlin',
      default: 'UTC',
    },
    {
      constraints: [IsString(), IsReadable('isTimeZone', timeZone)],
      api: { type: String },
      reading: { convert: (name: string) => timeZone(name)?.name },
    },
  )
  timezone!: string;

  @StringField({ max: 500, description: 'Shown to those who are refused', required: false, nullable: true })
  reason?: string | null;

  @IntegerField({
    min: 1,
    max: 7 * 24 * 60,
    description: 'Also refuse a start so many minutes before a closed period, since it would run into it',
    required: false,
    nullable: true,
  })
  runway_minutes?: number | null;

  @EnumField({
    values: ['p95'],
    description:
      'In place of `runway_minutes`: as long as 95 of 100 of the last 50 deployments of the product there took; none while there are fewer than 5',
    required: false,
    nullable: true,
  })
  runway?: 'p95' | null;
}

const list = { minItems: 1, maxItems: 100, description: 'Any of them closes (deny) or opens (allow)' };

/** `config` of a rule of type `schedule`: from one moment to another. */
export class OnceScheduleConfigDto extends ScheduleFields {
  @EnumField({ values: ['once'] })
  recurrence!: 'once';

  @ObjectListField({ of: () => OnceWindowDto, ...list })
  windows!: readonly OnceWindowDto[];
}

/** `config` of a rule of type `schedule`: every day. */
export class DailyScheduleConfigDto extends ScheduleFields {
  @EnumField({ values: ['daily'] })
  recurrence!: 'daily';

  @ObjectListField({ of: () => DailyWindowDto, ...list })
  windows!: readonly DailyWindowDto[];
}

/** `config` of a rule of type `schedule`: every week. */
export class WeeklyScheduleConfigDto extends ScheduleFields {
  @EnumField({ values: ['weekly'] })
  recurrence!: 'weekly';

  @ObjectListField({ of: () => WeeklyWindowDto, ...list })
  windows!: readonly WeeklyWindowDto[];
}

/** `config` of a rule of type `schedule`: every month. */
export class MonthlyScheduleConfigDto extends ScheduleFields {
  @EnumField({ values: ['monthly'] })
  recurrence!: 'monthly';

  @ObjectListField({ of: () => MonthlyWindowDto, ...list })
  windows!: readonly MonthlyWindowDto[];
}

/** `config` of a rule of type `schedule`: by a recurrence rule, so that a company calendar can be carried over. */
export class RuleScheduleConfigDto extends ScheduleFields {
  @EnumField({ values: ['rrule'] })
  recurrence!: 'rrule';

  @ObjectListField({ of: () => RuleWindowDto, ...list })
  windows!: readonly RuleWindowDto[];
}

/** Reads as far as can be judged where nobody knows what the windows should look like. */
export class UnknownScheduleConfigDto extends ScheduleFields {
  @EnumField({ values: recurrences })
  recurrence!: Recurrence;

  @field(
    {},
    {
      constraints: [IsArray(), ArrayMinSize(list.minItems), ArrayMaxSize(list.maxItems), IsObject({ each: true })],
      api: { type: 'object', isArray: true, additionalProperties: true },
    },
  )
  windows!: readonly object[];
}

/** The DTO of each recurrence: what a schedule's `config` is documented as. */
export const scheduleConfigDtos = {
  once: OnceScheduleConfigDto,
  daily: DailyScheduleConfigDto,
  weekly: WeeklyScheduleConfigDto,
  monthly: MonthlyScheduleConfigDto,
  rrule: RuleScheduleConfigDto,
} as const;
