import { ApiProperty } from '@nestjs/swagger';
import { environmentTypes } from '../catalog/infer-environment-type.js';
import { approvalTypes } from '../preflight/checks/check.js';

const versionId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12';
const runningId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a16';
const environmentId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13';
const sha = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const runningSha = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const nullableText = { type: String, nullable: true } as const;

/** Who wanted to deploy, and when. */
export class PendingAskedDto {
  @ApiProperty({ format: 'date-time', example: '2026-03-02T14:05:09.123Z' })
  at!: string;

  @ApiProperty({ ...nullableText, example: 'octocat' })
  deployed_by!: string | null;

  @ApiProperty({ ...nullableText, example: 'octocat@example.com' })
  deployed_by_email!: string | null;

  @ApiProperty({ ...nullableText, example: 'Mona Lisa' })
  deployed_by_name!: string | null;

  @ApiProperty({
    ...nullableText,
    description: 'The run that was stopped',
    example: 'https://ci.example.com/runs/4711',
  })
  deploy_url!: string | null;
}

/** What is deployed there now. */
export class PendingRunningDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10' })
  deployment_id!: string;

  @ApiProperty({ format: 'uuid', example: runningId })
  version_id!: string;

  @ApiProperty({ example: '1.4.0' })
  version!: string;

  @ApiProperty({ ...nullableText, example: runningSha })
  scm_sha!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-02-27T09:12:44.010Z' })
  deployed_at!: string;

  @ApiProperty({ ...nullableText, example: 'octocat' })
  deployed_by!: string | null;
}

/** A version of the product that came into being between what runs and what waits. */
export class VersionBetweenDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a17' })
  version_id!: string;

  @ApiProperty({ example: '1.4.1' })
  version!: string;

  @ApiProperty({ ...nullableText, example: '0123456789abcdef0123456789abcdef01234567' })
  scm_sha!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-02-28T10:02:51.400Z' })
  created_at!: string;
}

/** What the deployment would change there. */
export class PendingDifferenceDto {
  @ApiProperty({
    enum: ['first', 'forward', 'back', 'none'],
    description:
      'first: nothing runs there yet; forward: a newer version; back: an older one, so the versions between are undone; none: the same once more',
    example: 'forward',
  })
  direction!: string;

  @ApiProperty({ ...nullableText, example: '1.4.0' })
  from_version!: string | null;

  @ApiProperty({ ...nullableText, example: runningSha })
  from_sha!: string | null;

  @ApiProperty({ example: '1.4.2' })
  to_version!: string;

  @ApiProperty({ ...nullableText, example: sha })
  to_sha!: string | null;

  @ApiProperty({ type: 'integer', description: 'Versions between the two; at most 1,000 are counted', example: 1 })
  versions_between_count!: number;

  @ApiProperty({ type: [VersionBetweenDto], description: 'The newest 20 of them, newest first' })
  versions_between!: VersionBetweenDto[];
}

/** A rule that is not met, as of now. */
export class PendingRuleDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71' })
  rule_id!: string;

  @ApiProperty({ example: 'two_team_leads' })
  rule_name!: string;

  @ApiProperty({ enum: ['APPROVAL_REQUIRED', 'QUALITY_APPROVAL_REQUIRED'], example: 'APPROVAL_REQUIRED' })
  code!: string;

  @ApiProperty({ example: 'production deployment requires approval from 2 team-lead' })
  message!: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of APPROVAL_REQUIRED', example: 2 })
  required_approvals!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of APPROVAL_REQUIRED', example: 1 })
  current_approvals!: number | null;

  @ApiProperty({ type: [String], description: 'Of APPROVAL_REQUIRED', example: ['team-lead'] })
  approver_roles!: string[];

  @ApiProperty({ enum: approvalTypes, isArray: true, description: 'Of QUALITY_APPROVAL_REQUIRED', example: [] })
  required_approval_types!: string[];

  @ApiProperty({ enum: approvalTypes, isArray: true, description: 'Of QUALITY_APPROVAL_REQUIRED', example: [] })
  missing_approval_types!: string[];

  @ApiProperty({
    ...nullableText,
    description: 'Of QUALITY_APPROVAL_REQUIRED: the environment for which the types must be given',
    example: null,
  })
  prerequisite_environment!: string | null;
}

export class PendingCallBodyDto {
  @ApiProperty({ enum: ['approved', 'rejected'], example: 'approved' })
  decision!: string;

  @ApiProperty({ example: 'production' })
  environment!: string;

  @ApiProperty({ ...nullableText, enum: [...approvalTypes, null], example: null })
  approval_type!: string | null;

  @ApiProperty({ ...nullableText, description: 'What was shown: another SHA is not approved by mistake', example: sha })
  scm_sha!: string | null;
}

/** What to send to approve; `"decision": "rejected"` rejects, and `comments` may be added. */
export class PendingCallDto {
  @ApiProperty({ enum: ['POST'], example: 'POST' })
  method!: string;

  @ApiProperty({ example: `/versions/${versionId}/approvals` })
  path!: string;

  @ApiProperty({ type: PendingCallBodyDto })
  body!: PendingCallBodyDto;
}

/** A version that waits for the caller's approval in an environment, with all that they need to decide. */
export class PendingApprovalDto {
  @ApiProperty({ format: 'uuid', description: 'The attempt', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a21' })
  preflight_check_id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({ format: 'uuid', example: versionId })
  version_id!: string;

  @ApiProperty({ example: '1.4.2' })
  version!: string;

  @ApiProperty({ ...nullableText, description: 'What would be approved', example: sha })
  scm_sha!: string | null;

  @ApiProperty({ ...nullableText, example: 'main' })
  scm_branch!: string | null;

  @ApiProperty({ ...nullableText, example: 'acme/my-service' })
  scm_repository!: string | null;

  @ApiProperty({ ...nullableText, description: 'Of its newest build', example: 'https://ci.example.com/builds/128' })
  build_url!: string | null;

  @ApiProperty({ format: 'uuid', example: environmentId })
  environment_id!: string;

  @ApiProperty({ example: 'production' })
  environment_name!: string;

  @ApiProperty({ enum: environmentTypes, example: 'production' })
  environment_type!: string;

  @ApiProperty({ type: PendingAskedDto })
  asked!: PendingAskedDto;

  @ApiProperty({ type: PendingRunningDto, nullable: true })
  running!: PendingRunningDto | null;

  @ApiProperty({ type: PendingDifferenceDto })
  difference!: PendingDifferenceDto;

  @ApiProperty({ type: [PendingRuleDto], description: 'The rules that the caller can help to meet, as they stand now' })
  missing!: PendingRuleDto[];

  @ApiProperty({ type: [PendingCallDto], description: 'What to send: each of these would count' })
  calls!: PendingCallDto[];
}
