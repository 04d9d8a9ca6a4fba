import { ApiProperty } from '@nestjs/swagger';
import type { Fault } from '../common/errors/invalid.error.js';
import { type Cursor, CursorField } from '../common/http/cursor.js';
import { parseDateTime } from '../common/validation/date-time.js';
import { DateTimeField, ObjectField } from '../common/validation/fields.js';
import { blockCodes } from '../preflight/verdict.js';
import { CreateRuleDto } from './rule.dto.js';

/** The longest period that a rule is tried on. */
const maxDays = 400;
const dayMs = 86_400_000;

/** A rule, and the period on whose attempts it is tried. */
export class BacktestDto {
  @ObjectField({
    of: () => CreateRuleDto,
    description: 'The rule as it would be created. It is tried as if it were enabled, whatever its `status`',
  })
  rule!: CreateRuleDto;

  @DateTimeField({ description: 'The first instant of the period', example: '2025-10-01T00:00:00Z' })
  from!: Date;

  @DateTimeField({
    description: `The last instant of the period, at most ${maxDays} days later`,
    example: '2025-12-31T23:59:59.999Z',
    judge: (to: string, { from }: Partial<BacktestDto>, loc) => periodFaults(from, parseDateTime(to)!, loc),
  })
  to!: Date;
}

function periodFaults(from: Date | undefined, to: Date, loc: Fault['loc']): readonly Fault[] {
  if (!(from instanceof Date)) return [];
  if (to <= from) return [{ loc, msg: 'must be later than from', type: 'value_error.period.order' }];
  if (to.getTime() - from.getTime() <= maxDays * dayMs) return [];
  return [{ loc, msg: `must be at most ${maxDays} days after from`, type: 'value_error.period.length' }];
}

export class BacktestQuery {
  @CursorField()
  cursor?: Cursor;
}

/** A recorded attempt that the rule would have blocked. */
export class BacktestedAttemptDto {
  @ApiProperty({
    format: 'uuid',
    description: 'The record of the attempt: GET /preflight-checks/{id}',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a21',
  })
  preflight_check_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({ example: '1.4.2' })
  version!: string;

  @ApiProperty({ example: 'production' })
  environment_name!: string;

  @ApiProperty({ format: 'date-time', example: '2025-10-24T22:05:09.120Z' })
  checked_at!: string;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  deployed_by!: string | null;

  @ApiProperty({
    enum: Object.keys(blockCodes),
    description: 'What it would have been told',
    example: 'NO_DEPLOY_WINDOW',
  })
  code!: string;

  @ApiProperty({ example: 'No deployments allowed on Fridays after 3pm PST' })
  message!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'From when on the rule would have let it through, rounded up to the second; null where no time was known',
    example: '2025-10-27T07:00:00Z',
  })
  retry_after!: string | null;

  @ApiProperty({ description: 'Whether it is the report of an end whose start was never seen', example: false })
  without_start!: boolean;

  @ApiProperty({
    enum: ['passed', 'blocked', 'skipped', 'overridden', 'failed'],
    description: 'What really became of it',
    example: 'passed',
  })
  outcome!: string;
}

/** What a rule would have done. */
export class BacktestResultDto {
  @ApiProperty({
    type: 'integer',
    description: 'Attempts of the whole period to which the rule would have applied, ends without a start among them',
    example: 1_204,
  })
  evaluated!: number;

  @ApiProperty({ type: 'integer', description: 'Of these, how many it would have blocked', example: 17 })
  blocked!: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description:
      'Where the period begins before what is still kept: attempts from before this instant have been removed, and ' +
      'the totals lack them; else null',
    example: null,
  })
  attempts_removed_before!: string | null;

  @ApiProperty({
    type: [BacktestedAttemptDto],
    maxItems: 1_000,
    description: 'One page of those that it would have blocked, newest first',
  })
  results!: BacktestedAttemptDto[];
}
