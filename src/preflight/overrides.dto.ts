import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, IntegerField, StringField } from '../common/validation/fields.js';
import { overrideStates } from './overrides.mapper.js';

const uuid = { type: String, format: 'uuid', nullable: true, example: null } as const;
const time = { type: String, format: 'date-time', nullable: true, example: null } as const;

/** A permission to deploy in spite of violations, once. */
export class CreateOverrideDto {
  @StringField({ max: 255, trim: true, description: 'Name or id of the product', example: 'my-service' })
  product!: string;

  @StringField({ max: 100, trim: true, description: 'Name or id of the environment', example: 'production' })
  environment!: string;

  @StringField({
    max: 100,
    trim: true,
    emptyIsAbsent: true,
    description: 'The only version that it is for; any, if not given',
    example: '1.4.2',
  })
  version?: string;

  @StringField({
    max: 2000,
    trim: true,
    description: 'Why, for whoever looks into it later',
    example: 'Incident 4711: the checkout is down, the fix cannot wait until Monday',
  })
  reason!: string;

  @IntegerField({ min: 1, max: 1440, default: 60, description: 'Minutes after which it is worth nothing' })
  expires_in_minutes!: number;

  @BooleanField({
    default: false,
    description: 'Whether it counts against another deployment in progress, too',
  })
  include_concurrency!: boolean;
}

/** An override, and what has become of it. */
export class OverrideDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a61' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  environment_id!: string;

  @ApiProperty({ example: 'production' })
  environment_name!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null: any version', example: '1.4.2' })
  version!: string | null;

  @ApiProperty({ example: 'Incident 4711: the checkout is down, the fix cannot wait until Monday' })
  reason!: string;

  @ApiProperty({ example: false })
  include_concurrency!: boolean;

  @ApiProperty({
    enum: overrideStates,
    description: '`open`: the next start that matches and would have been blocked uses it up',
    example: 'open',
  })
  state!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T14:51:30.250Z' })
  expires_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'uuid', description: 'Who gave it', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41' })
  created_by!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  created_by_name!: string;

  @ApiProperty(time)
  used_at!: string | null;

  @ApiProperty({ ...uuid, description: 'The attempt that used it up' })
  preflight_check_id!: string | null;

  @ApiProperty({ ...uuid, description: 'The deployment that started with it' })
  deployment_id!: string | null;

  @ApiProperty(time)
  revoked_at!: string | null;

  @ApiProperty(uuid)
  revoked_by!: string | null;
}
