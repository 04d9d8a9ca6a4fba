import { ApiProperty } from '@nestjs/swagger';
import { IdParams } from '../common/http/id-params.dto.js';
import { EnumField, StringField, UuidField } from '../common/validation/fields.js';
import { type ApprovalType, approvalTypes } from '../preflight/checks/check.js';

export const decisions = ['approved', 'rejected'] as const;
export type DecisionWord = (typeof decisions)[number];

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a60';
const sha = '9fceb02d0ae598e95dc970b74767f19372d61af8';

/** The path of one approval: `/versions/{id}/approvals/{approval_id}`. */
export class ApprovalParams extends IdParams {
  @UuidField({ description: 'Its id', example: id })
  approval_id!: string;
}

/** What somebody decides about a version. */
export class CreateApprovalDto {
  @EnumField({
    values: decisions,
    description: 'A rejection blocks until it is withdrawn',
    example: 'approved',
  })
  decision!: DecisionWord;

  @StringField({
    max: 100,
    trim: true,
    required: false,
    nullable: true,
    description: 'Name or id of the environment that it is about; every environment, if not given',
    example: 'production',
  })
  environment?: string | null;

  @EnumField({
    values: approvalTypes,
    required: false,
    nullable: true,
    description: 'What has been looked at, for rules that ask for approvals of a type',
    example: 'qa',
  })
  approval_type?: ApprovalType | null;

  @StringField({ max: 2000, emptyIsAbsent: true, description: 'Why', example: 'Smoke tests are green' })
  comments?: string | null;

  @StringField({
    max: 64,
    trim: true,
    required: false,
    nullable: true,
    description:
      'The SHA of the version as one has seen it, null for none: where the version has another one by now, nothing is recorded (409)',
    example: sha,
  })
  scm_sha?: string | null;
}

/** A recorded decision of a person about a version. */
export class ApprovalDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12' })
  version_id!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null: it is about every environment',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13',
  })
  environment_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'production' })
  environment_name!: string | null;

  @ApiProperty({ enum: decisions, example: 'approved' })
  decision!: string;

  @ApiProperty({ type: String, nullable: true, enum: [...approvalTypes, null], example: 'qa' })
  approval_type!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Smoke tests are green' })
  comments!: string | null;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41' })
  user_id!: string;

  @ApiProperty({ example: 'Mona Lisa' })
  user_name!: string;

  @ApiProperty({
    type: [String],
    description: 'The role and the approver roles that the person held when deciding',
    example: ['qa', 'team-lead'],
  })
  roles!: string[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'What the SHA of the version was then: the decision is about this one alone',
    example: sha,
  })
  scm_sha!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:59:02.117Z' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was withdrawn, or replaced by a later decision of the same person',
    example: null,
  })
  withdrawn_at!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Who withdrew it', example: null })
  withdrawn_by!: string | null;

  @ApiProperty({
    description:
      'Whether it stands for the version as it is now; whether it is enough is for the rules to say, which know roles and expiry',
    example: true,
  })
  stands!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['withdrawal', 'new_sha', null],
    description: 'What ended it: that it was withdrawn, or that the version has another SHA since',
    example: null,
  })
  ended_by!: string | null;
}
