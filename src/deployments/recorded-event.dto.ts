import { ApiProperty } from '@nestjs/swagger';
import { statuses } from './normalize-status.js';

/** One event of a deployment: what a pipeline sent, or what the service did of itself. */
export class RecordedEventDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a30' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10' })
  deployment_id!: string;

  @ApiProperty({
    description:
      'deployment.<status> for what a pipeline sent; deployment.superseded, .stale or .aborted for what the service did',
    example: 'deployment.started',
  })
  type!: string;

  @ApiProperty({ enum: statuses, example: 'started' })
  status!: string;

  @ApiProperty({ type: String, nullable: true, example: '4711' })
  invoke_id!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The API key that sent it',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40',
  })
  api_key_id!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The personal access token that sent it',
    example: null,
  })
  personal_access_token_id!: string | null;

  @ApiProperty({ format: 'date-time', description: 'By the service’s clock', example: '2026-03-02T14:05:09.123Z' })
  received_at!: string;

  @ApiProperty({
    type: Object,
    additionalProperties: true,
    description: 'As it came',
    example: { product_name: 'my-service', version: '1.4.2', environment_name: 'production', status: 'in_progress' },
  })
  payload!: Record<string, unknown>;
}
