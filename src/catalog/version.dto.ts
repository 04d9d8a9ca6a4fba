import { ApiProperty } from '@nestjs/swagger';
import { ApprovalDto } from '../approvals/approval.dto.js';
import { BuildDto } from '../builds/build.dto.js';

/** One build result of a product. A permanent record: there is no way to delete it. */
export class VersionDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({ example: '1.4.2' })
  version!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'From its builds; a completed build fixes it',
    example: '9fceb02d0ae598e95dc970b74767f19372d61af8',
  })
  scm_sha!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'main' })
  scm_branch!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'acme/my-service' })
  scm_repository!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:58:12.800Z' })
  updated_at!: string;
}

/** An environment in which a version is deployed now. */
export class DeployedInDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  environment_id!: string;

  @ApiProperty({ example: 'production' })
  environment_name!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10' })
  deployment_id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T14:09:41.007Z' })
  deployed_at!: string;
}

/** A version with all that is known about it. */
export class VersionDetailsDto extends VersionDto {
  @ApiProperty({ type: [BuildDto], description: 'The newest 200; /builds/ has them all' })
  builds!: BuildDto[];

  @ApiProperty({
    type: [ApprovalDto],
    description: 'The newest 200 decisions about it, withdrawn ones too; /versions/{id}/approvals has them all',
  })
  approvals!: ApprovalDto[];

  @ApiProperty({ type: [DeployedInDto], description: 'Where it is deployed now, by position' })
  deployed_in!: DeployedInDto[];
}
