import { ApiProperty } from '@nestjs/swagger';
import { ruleTypes } from '../preflight/checks/index.js';
import { blockCodes } from '../preflight/verdict.js';

/** One rule that an attempt to deploy did not meet, as it was told then. */
export class RuleViolationDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a81' })
  id!: string;

  @ApiProperty({ enum: Object.keys(blockCodes), example: 'NO_DEPLOY_WINDOW' })
  code!: string;

  @ApiProperty({ example: 'No deployments allowed on Fridays after 3pm PST' })
  message!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null for what is built in',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71',
  })
  rule_id!: string | null;

  @ApiProperty({ description: 'As the rule was called then', example: 'friday_freeze' })
  rule_name!: string;

  @ApiProperty({ enum: ruleTypes, example: 'schedule' })
  rule_type!: string;

  @ApiProperty({
    enum: ['enabled', 'report_only'],
    description: 'Whether the rule was enforced, or only reported',
    example: 'enabled',
  })
  status!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was to end, as far as that was known',
    example: '2025-10-27T07:00:00Z',
  })
  retry_after!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What belongs to the code, as in the refusal',
    example: { window_name: 'friday_freeze', timezone: 'America/Los_Angeles' },
  })
  details!: Readonly<Record<string, unknown>>;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The override with which the deployment started all the same',
    example: null,
  })
  override_id!: string | null;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a22' })
  preflight_check_id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12' })
  version_id!: string;

  @ApiProperty({ example: '1.4.2' })
  version!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  environment_id!: string;

  @ApiProperty({ example: 'production' })
  environment_name!: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-24T22:00:00.000Z' })
  checked_at!: string;
}
