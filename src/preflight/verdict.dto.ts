import { ApiProperty } from '@nestjs/swagger';
import { blockCodes } from './verdict.js';
import { detailsSchemaRefs } from './violation-details.js';

const codes = Object.keys(blockCodes);
const ruleId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71';
const message = 'Another deployment to production is already in progress';

/** `retry_after` of an answer. */
export const retryAfterApi = {
  type: String,
  format: 'date-time',
  nullable: true,
  description: 'Until when, rounded up to the second; null where no time is known',
  example: null,
} as const;
/** `code` of an answer. */
export const codeApi = {
  type: String,
  nullable: true,
  description: 'Why, for a program',
  example: 'CONCURRENT_DEPLOYMENT',
};
/** `message` of an answer. */
export const messageApi = {
  type: String,
  nullable: true,
  description: 'Why, for a person',
  example: message,
};

/** Who overrode a violation. */
export class OverriddenByDto {
  @ApiProperty({ enum: ['user', 'api_key'], description: 'An API key: by its scope preflight:skip', example: 'user' })
  kind!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41' })
  id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Ada Lovelace' })
  name!: string | null;
}

/** One rule that an attempt did not meet. */
export class VerdictViolationDto {
  @ApiProperty({ enum: codes, example: 'CONCURRENT_DEPLOYMENT' })
  code!: string;

  @ApiProperty({ description: 'Why, until when, what to do', example: message })
  message!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: built in', example: ruleId })
  rule_id!: string | null;

  @ApiProperty({ example: 'two_in_production' })
  rule_name!: string;

  @ApiProperty({ example: 'concurrency' })
  rule_type!: string;

  @ApiProperty({ enum: ['enabled', 'report_only'], description: '`enabled`: it blocks', example: 'enabled' })
  status!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When this violation ends, where that is known',
    example: null,
  })
  retry_after!: string | null;

  @ApiProperty({
    anyOf: detailsSchemaRefs,
    description: 'What belongs to the code: the schema that is named after it',
    example: {
      conflicting_deployment_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a31',
      conflicting_deployment_status: 'in_progress',
      conflicting_deployment_started: '2026-03-02T14:01:00Z',
      conflicting_version: '1.4.1',
      conflicting_product: 'my-service',
      conflicting_deployed_by: 'octocat',
    },
  })
  details!: Record<string, unknown>;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    required: false,
    description: 'What overrode it, if anything did; null: the scope preflight:skip',
  })
  override_id?: string | null;

  @ApiProperty({ type: OverriddenByDto, required: false })
  overridden_by?: OverriddenByDto;
}

/** What became of one rule. */
export class RuleEvaluatedDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: built in', example: ruleId })
  rule_id!: string | null;

  @ApiProperty({ example: 'two_in_production' })
  rule_name!: string;

  @ApiProperty({ example: 'concurrency' })
  rule_type!: string;

  @ApiProperty({ enum: ['enabled', 'report_only', 'disabled'], example: 'enabled' })
  status!: string;

  @ApiProperty({
    enum: ['passed', 'failed', 'skipped'],
    description: '`skipped`: the rule is disabled, or asks nothing of this attempt, such as a rollback',
    example: 'failed',
  })
  evaluation_result!: string;

  @ApiProperty({ type: String, nullable: true, example: 'CONCURRENT_DEPLOYMENT' })
  error_code!: string | null;

  @ApiProperty({ type: String, nullable: true, example: message })
  error_message!: string | null;
}
