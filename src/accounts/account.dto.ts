import { ApiProperty } from '@nestjs/swagger';
import { highestLimitPerMinute } from '../auth/rate-limit/gcra.js';
import { BooleanField, EnumField, IntegerField } from '../common/validation/fields.js';

/** Whether events may name what is not there yet. */
export const catalogModes = ['open', 'closed'] as const;
export type CatalogMode = (typeof catalogModes)[number];

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
}
