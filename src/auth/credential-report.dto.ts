import { ApiProperty } from '@nestjs/swagger';
import { staleKinds, staleReasons } from './credential-report.mapper.js';

const userId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41';

/** A key, token or user that works, and that somebody should look at. */
export class StaleCredentialDto {
  @ApiProperty({ enum: staleKinds, description: '`user`: a person or a service account', example: 'api_key' })
  kind!: string;

  @ApiProperty({
    format: 'uuid',
    description: 'Of the key (`/api-keys/{id}`), token (`/personal-access-tokens/{id}`) or user (`/users/{id}`)',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40',
  })
  id!: string;

  @ApiProperty({ example: 'GitHub Actions' })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The beginning of the key or token; null for a user',
    example: 'sk_default_github-actions_9fQ2',
  })
  prefix!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Whose token it is, or the user; null for a key',
    example: null,
  })
  user_id!: string | null;

  @ApiProperty({
    type: String,
    isArray: true,
    enum: staleReasons,
    description:
      '`never_used`: not once since it was made `unused_days` ago or more; `unused`: not since; `expiring`: ends within `expiring_days`; `creator_deactivated`: who made it, and may know it, is deactivated',
    example: ['unused'],
  })
  reasons!: string[];

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Of a user: with any of their tokens or sign-ins',
    example: '2025-11-02T14:02:10.000Z',
  })
  last_used_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  expires_at!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null for a user', example: userId })
  created_by!: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-03-02T13:51:30.250Z' })
  created_at!: string;
}
