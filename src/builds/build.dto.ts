import { ApiProperty } from '@nestjs/swagger';
import { statuses } from '../deployments/normalize-status.js';

/** One run that produced (or failed to produce) a version. */
export class BuildDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a20' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12' })
  version_id!: string;

  @ApiProperty({ example: '1.4.2' })
  version!: string;

  @ApiProperty({ enum: statuses, example: 'completed' })
  status!: string;

  @ApiProperty({ type: String, nullable: true, example: '128' })
  build_number!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://ci.example.com/builds/128' })
  build_url!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '9fceb02d0ae598e95dc970b74767f19372d61af8' })
  scm_sha!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  scm_branch!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'acme/my-service' })
  scm_repository!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  built_by!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat@example.com' })
  built_by_email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mona Lisa' })
  built_by_name!: string | null;

  @ApiProperty({
    format: 'date-time',
    description: 'Its start, or its creation where no start was reported',
    example: '2026-03-02T13:51:30.250Z',
  })
  started_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-02T13:58:12.800Z' })
  completed_at!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({
    type: Object,
    additionalProperties: true,
    description: 'What the pipeline sent, merged by key',
    example: { vi_gh_workflow: 'build' },
  })
  extra_metadata!: Record<string, unknown>;

  @ApiProperty({ type: String, nullable: true, example: 'github' })
  source_system!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '4710' })
  invoke_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Unit tests failed' })
  error_message!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'TESTS_FAILED' })
  error_code!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:58:12.800Z' })
  updated_at!: string;
}
