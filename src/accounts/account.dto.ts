import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { highestLimitPerMinute } from '../auth/rate-limit/gcra.js';
import { IsReadable } from '../common/validation/constraints.js';
import { field } from '../common/validation/field.js';
import { BooleanField, EnumField, IntegerField } from '../common/validation/fields.js';
import { timeZone } from '../preflight/windows/time-zone.js';

/** Whether events may name what is not there yet. */
export const catalogModes = ['open', 'closed'] as const;
export type CatalogMode = (typeof catalogModes)[number];

/** A hundred years. */
const longestRetentionDays = 36_500;
/** What a pipeline reports after a block, and what waits for an approval, is looked up for 30 days. */
const shortestChecksDays = 31;

const days = (what: string, example: number) =>
  ({
    type: 'integer',
    nullable: true,
    description: `For how many days ${what} are kept; null is for ever`,
    example,
  }) as const;

const removed = (what: string) =>
  ({
    type: String,
    format: 'date-time',
    nullable: true,
    description: `${what} from before this instant have been removed by the retention; null: none have`,
    example: '2025-01-26T02:00:00.000Z',
  }) as const;

/** What an account has set for all of its pipelines. */
export class AccountDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a01' })
  id!: string;

  @ApiProperty({ description: 'Stands in every key of the account', example: 'default' })
  slug!: string;

  @ApiProperty({
    description: 'Whether a `completed` event without a start, which breaks a rule, is answered with the refusal',
    example: false,
  })
  enforce_on_completed!: boolean;

  @ApiProperty({
    enum: catalogModes,
    description: 'With `closed`, an event that names an unknown product or environment is 422',
    example: 'open',
  })
  catalog!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Requests a minute for each key or token; 0 is no limit, null the service’s own limit',
    example: 1000,
  })
  rate_limit_per_minute!: number | null;

  @ApiProperty({ description: 'For display alone (IANA): every time in the API is UTC', example: 'Europe/Paris' })
  time_zone!: string;

  @ApiProperty(days('the events of pipelines as they were sent', 400))
  retain_events_days!: number | null;

  @ApiProperty(days('recorded pre-flight checks and their violations', 400))
  retain_checks_days!: number | null;

  @ApiProperty(days('sealed entries of the audit log', 2_555))
  retain_audit_days!: number | null;

  @ApiProperty(removed('Events'))
  events_removed_before!: string | null;

  @ApiProperty(removed('Pre-flight checks'))
  checks_removed_before!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;
}

export class UpdateAccountDto {
  @BooleanField({ required: false, example: false })
  enforce_on_completed?: boolean;

  @EnumField({ required: false, values: catalogModes, example: 'open' })
  catalog?: CatalogMode;

  @IntegerField({ required: false, nullable: true, min: 0, max: highestLimitPerMinute, example: 1000 })
  rate_limit_per_minute?: number | null;

  @field(
    { required: false, description: 'An IANA name', example: 'Europe/Paris' },
    {
      constraints: [IsString(), IsReadable('isTimeZone', timeZone)],
      api: { type: String },
      reading: { convert: (name: string) => timeZone(name)?.name },
    },
  )
  time_zone?: string;

  @IntegerField({ required: false, nullable: true, min: 1, max: longestRetentionDays, example: 400 })
  retain_events_days?: number | null;

  @IntegerField({
    required: false,
    nullable: true,
    min: shortestChecksDays,
    max: longestRetentionDays,
    description: `At least ${shortestChecksDays}: a pipeline that waits for an approval is known by its refused attempt for 30 days`,
    example: 400,
  })
  retain_checks_days?: number | null;

  @IntegerField({ required: false, nullable: true, min: 1, max: longestRetentionDays, example: 2_555 })
  retain_audit_days?: number | null;
}
