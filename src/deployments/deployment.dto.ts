import { ApiProperty } from '@nestjs/swagger';
import { statuses } from './normalize-status.js';

const uuid = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';
const time = '2026-03-02T14:05:09.123Z';

/** One activity of putting one version of one product into one environment. */
export class DeploymentDto {
  @ApiProperty({ format: 'uuid', example: uuid })
  id!: string;

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

  @ApiProperty({ enum: statuses, example: 'completed' })
  status!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: time })
  started_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-02T14:09:41.007Z' })
  completed_at!: string | null;

  @ApiProperty({
    format: 'date-time',
    description: 'When it took effect: its completion if it is completed, else its start, else its creation',
    example: '2026-03-02T14:09:41.007Z',
  })
  deployed_at!: string;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  deployed_by!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat@example.com' })
  deployed_by_email!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Mona Lisa' })
  deployed_by_name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'github' })
  source_system!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '128' })
  build_number!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://ci.example.com/builds/128' })
  build_url!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://ci.example.com/runs/4711' })
  deploy_url!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '4711' })
  invoke_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '9fceb02d0ae598e95dc970b74767f19372d61af8' })
  scm_sha!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  scm_branch!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'acme/my-service' })
  scm_repository!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: ['passed', 'skipped', 'overridden', 'failed', 'blocked', null],
    description: 'What the pre-flight checks said when it started; null before a start',
    example: 'passed',
  })
  preflight_status!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Hours from completion to replacement or now; null unless it completed',
    example: 26.5,
  })
  soak_time_hours!: number | null;

  @ApiProperty({
    type: Object,
    additionalProperties: true,
    description: 'What the pipeline sent, merged by key; `preflight_status` in it is the service’s own',
    example: { vi_gh_workflow: 'deploy', preflight_status: { status: 'passed', warnings: [], rules_evaluated: [] } },
  })
  extra_metadata!: Record<string, unknown>;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T14:05:09.123Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T14:09:41.007Z' })
  updated_at!: string;
}
