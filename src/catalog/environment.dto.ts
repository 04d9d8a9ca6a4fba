import { ApiProperty } from '@nestjs/swagger';
import { EnumField, IntegerField } from '../common/validation/fields.js';
import { type EnvironmentType, environmentTypes } from './infer-environment-type.js';

/** A place where versions run. */
export class EnvironmentDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  id!: string;

  @ApiProperty({ example: 'production' })
  name!: string;

  @ApiProperty({
    type: [String],
    description: 'Its former names, under which events and filters still find it',
    example: ['prod'],
  })
  aliases!: string[];

  @ApiProperty({
    enum: environmentTypes,
    description: 'Inferred from the name when it was first seen',
    example: 'production',
  })
  type!: string;

  @ApiProperty({ type: 'integer', description: 'Orders environments, the lowest first', example: 40 })
  position!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Minutes without an event after which a started deployment is given up; 0: never',
    example: 120,
  })
  stale_after_minutes!: number;

  @ApiProperty({
    type: 'integer',
    description: 'Hours without an event after which a pending deployment is given up; 0: never',
    example: 168,
  })
  pending_stale_after_hours!: number;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;
}

/** What may be changed of an environment; what is not sent stays as it is. */
export class UpdateEnvironmentDto {
  @EnumField({ required: false, values: environmentTypes, description: 'What it is for', example: 'production' })
  type?: EnvironmentType;

  @IntegerField({
    required: false,
    min: 0,
    max: 1_000_000,
    description: 'Orders environments, the lowest first',
    example: 40,
  })
  position?: number;

  @IntegerField({
    required: false,
    min: 0,
    max: 525_600,
    description: 'Minutes without an event after which a started deployment is given up; 0: never',
    example: 120,
  })
  stale_after_minutes?: number;

  @IntegerField({
    required: false,
    min: 0,
    max: 87_600,
    description: 'Hours without an event after which a pending deployment is given up; 0: never',
    example: 168,
  })
  pending_stale_after_hours?: number;
}
