import { ApiProperty } from '@nestjs/swagger';
import type { Fault } from '../common/errors/invalid.error.js';
import { parseDateTime } from '../common/validation/date-time.js';
import { DateTimeField, StringField } from '../common/validation/fields.js';
import { codeApi, messageApi, retryAfterApi, RuleEvaluatedDto, VerdictViolationDto } from './verdict.dto.js';

const optional = { required: false, emptyIsAbsent: true } as const;

/** Windows are followed for more than a year, and none of their ends may need a fifth digit. */
const latest = new Date('9990-01-01T00:00:00Z');

function tooLateFaults(text: string, _: unknown, loc: Fault['loc']): readonly Fault[] {
  if (parseDateTime(text)! < latest) return [];
  return [{ loc, msg: 'ensure this time is before 9990-01-01T00:00:00Z', type: 'value_error.datetime.too_late' }];
}

/** The body of `POST /preflight-checks/`: the start that somebody thinks of. */
export class AskPreflightDto {
  @StringField({ max: 255, trim: true, description: 'One that is unknown counts as new', example: 'my-service' })
  product_name!: string;

  @StringField({ max: 100, trim: true, description: 'One that is unknown counts as new', example: '1.4.2' })
  version!: string;

  @StringField({ max: 100, trim: true, description: 'One that is unknown counts as new', example: 'production' })
  environment_name!: string;

  @DateTimeField({
    ...optional,
    description: 'When it would start; now, if not given. Only the clock moves: everything else is as it is now',
    example: '2026-03-06T23:30:00Z',
    inExample: false,
    judge: tooLateFaults,
  })
  at?: Date | null;

  @StringField({
    ...optional,
    max: 255,
    description: 'Who would start it: their approval would be a self-approval. Whoever asks is not taken for them',
    example: 'octocat',
  })
  deployed_by?: string | null;

  @StringField({ ...optional, max: 255, description: 'The same, by e-mail', example: 'octocat@example.com' })
  deployed_by_email?: string | null;
}

/** What only a person can end before a deployment may start. */
export class NeedDto {
  @ApiProperty({ ...codeApi, description: 'The code of the violation; null: the catalog of the account is closed' })
  code!: string | null;

  @ApiProperty({ example: 'production deployment requires approval from 2 team-lead or manager' })
  message!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71' })
  rule_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'two_team_leads' })
  rule_name!: string | null;
}

/** What a start would be answered. Nothing is created, reserved or recorded by asking. */
export class DryRunDto {
  @ApiProperty({ example: false })
  allowed!: boolean;

  @ApiProperty({
    type: 'integer',
    description:
      'Of the answer to the start: 201, or 200 for one that is known already; 409, 423 or 428; 422 for an unknown name where the catalog is closed',
    example: 409,
  })
  status_code!: number;

  @ApiProperty(codeApi)
  code!: string | null;

  @ApiProperty(messageApi)
  message!: string | null;

  @ApiProperty(retryAfterApi)
  retry_after!: string | null;

  @ApiProperty({ type: [VerdictViolationDto], description: 'Enforced or not, overridden or not' })
  violations!: VerdictViolationDto[];

  @ApiProperty({ type: [String], description: 'For a person', example: [] })
  warnings!: string[];

  @ApiProperty({ type: [RuleEvaluatedDto] })
  rules_evaluated!: RuleEvaluatedDto[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'The earliest moment within 90 days at which the rules let it start, with what is known now and without overrides; null where a person is needed first (`needs`), or where there is no such moment',
    example: '2026-03-02T16:00:00.000Z',
  })
  next_allowed_at!: string | null;

  @ApiProperty({ type: [NeedDto], description: 'What only a person can end', example: [] })
  needs!: NeedDto[];

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The override that the start would use up',
    example: null,
  })
  override_id!: string | null;
}
