import { ApiProperty } from '@nestjs/swagger';
import { environmentTypes } from '../catalog/infer-environment-type.js';

const deploymentId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';
const versionId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a12';

/** A deployment that is under way. */
export class InProgressDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a15' })
  deployment_id!: string;

  @ApiProperty({ example: '1.4.3' })
  version!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-03T16:40:00.000Z' })
  started_at!: string;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  deployed_by!: string | null;
}

/** One product in one environment: what is deployed there (null: nothing yet), and what is under way. */
export class EnvironmentStateCellDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  environment_id!: string;

  @ApiProperty({ example: 'production' })
  environment_name!: string;

  @ApiProperty({ enum: environmentTypes, example: 'production' })
  environment_type!: string;

  @ApiProperty({ type: 'integer', example: 40 })
  position!: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: versionId })
  version_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '1.4.2' })
  version!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: deploymentId })
  deployment_id!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-03-02T14:09:41.007Z' })
  deployed_at!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  deployed_by!: string | null;

  @ApiProperty({ type: Number, nullable: true, description: 'Hours since it was deployed', example: 26.5 })
  soak_time_hours!: number | null;

  @ApiProperty({ type: [InProgressDto], description: 'Newest first; empty for a moment in the past' })
  in_progress!: InProgressDto[];
}

/** One product: a row of the matrix. */
export class EnvironmentStatesDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string;

  @ApiProperty({ example: 'my-service' })
  product_name!: string;

  @ApiProperty({
    description: 'The cells shown do not all have the same version; empty cells do not count',
    example: true,
  })
  drift!: boolean;

  @ApiProperty({
    type: [EnvironmentStateCellDto],
    description: 'One for each environment that the product was ever sent to, by position',
  })
  cells!: EnvironmentStateCellDto[];
}

/** A version that was deployed to a cell, from when to when. */
export class EnvironmentHistoryDto {
  @ApiProperty({ format: 'uuid', example: deploymentId })
  deployment_id!: string;

  @ApiProperty({ format: 'uuid', example: versionId })
  version_id!: string;

  @ApiProperty({ example: '1.4.2' })
  version!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T14:09:41.007Z' })
  deployed_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the next one took its place; null for what is deployed now',
    example: '2026-03-03T16:45:12.000Z',
  })
  replaced_at!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'octocat' })
  deployed_by!: string | null;

  @ApiProperty({ description: 'Hours until it was replaced, or until now', example: 26.59 })
  soak_time_hours!: number;
}
