import { ApiProperty } from '@nestjs/swagger';
import { RuleDefinitionDto } from '../rules/rule.dto.js';
import { codeApi, messageApi, retryAfterApi, RuleEvaluatedDto, VerdictViolationDto } from './verdict.dto.js';

const outcomes = ['passed', 'blocked', 'skipped', 'overridden', 'failed'];
/** A recorded attempt to deploy, and what was decided about it. */
export class PreflightCheckDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a21' })
  id!: string;

  @ApiProperty({
    enum: outcomes,
    description:
      'passed, overridden and blocked are starts; skipped is an end that was reported without a start, and failed one that was refused',
    example: 'blocked',
  })
  outcome!: string;

  @ApiProperty({ description: 'false: blocked or failed', example: false })
  allowed!: boolean;

  @ApiProperty({ type: 'integer', description: 'What the verdict answers to a start', example: 409 })
  status_code!: number;

  @ApiProperty(codeApi)
  code!: string | null;

  @ApiProperty(messageApi)
  message!: string | null;

  @ApiProperty(retryAfterApi)
  retry_after!: string | null;

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

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The deployment that it was about; null for a start that was refused',
    example: null,
  })
  deployment_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '7345678901' })
  invoke_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  deployed_by!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat@example.com' })
  deployed_by_email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mona Lisa' })
  deployed_by_name!: string | null;

  @ApiProperty({
    type: 'integer',
    description: 'Of the account: raised by every change of a rule, approval, override or role',
    example: 12,
  })
  policy_revision!: number;

  @ApiProperty({ type: [VerdictViolationDto] })
  violations!: VerdictViolationDto[];

  @ApiProperty({ type: [RuleEvaluatedDto] })
  rules_evaluated!: RuleEvaluatedDto[];

  @ApiProperty({ description: 'Whether it is the report of an end whose start was never seen', example: false })
  without_start!: boolean;

  @ApiProperty({
    format: 'date-time',
    description: 'The instant of the verdict, by the database’s clock',
    example: '2026-03-02T14:05:09.120Z',
  })
  checked_at!: string;
}

/** A rule as it stood when a verdict was reached. */
export class StoodRuleDto extends RuleDefinitionDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71' })
  rule_id!: string;

  @ApiProperty({ type: 'integer', example: 1 })
  revision!: number;
}

/** A recorded attempt with everything that decided it. */
export class PreflightCheckDetailsDto extends PreflightCheckDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'What was known at that instant, as far as the rules asked for it: who held the slots, completions, approvals, overrides. What is empty is left out',
    example: { now: '2026-03-02T14:05:09.120Z', product_name: 'my-service', version: '1.4.2' },
  })
  facts!: Record<string, unknown>;

  @ApiProperty({
    type: [StoodRuleDto],
    description: 'The rules in scope, as they stood; what is built in stands aside',
  })
  rules!: StoodRuleDto[];
}

/** A verdict, as far as a replay compares it. */
export class ReplayedVerdictDto {
  @ApiProperty({ type: 'integer', example: 409 })
  status_code!: number;

  @ApiProperty(codeApi)
  code!: string | null;

  @ApiProperty(messageApi)
  message!: string | null;

  @ApiProperty(retryAfterApi)
  retry_after!: string | null;

  @ApiProperty({ type: [VerdictViolationDto] })
  violations!: VerdictViolationDto[];
}

/** What was decided, and what is decided again from the recorded facts and rules. */
export class ReplayDto {
  @ApiProperty({ description: 'Whether code, message, retry_after and violations are the same', example: true })
  same!: boolean;

  @ApiProperty({ type: ReplayedVerdictDto })
  recorded!: ReplayedVerdictDto;

  @ApiProperty({ type: ReplayedVerdictDto })
  replayed!: ReplayedVerdictDto;
}
