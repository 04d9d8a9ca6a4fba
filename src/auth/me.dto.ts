import { ApiProperty } from '@nestjs/swagger';
import { approvalTypes } from '../preflight/checks/check.js';
import { NarrowedToDto } from './api-keys.dto.js';
import { type Permission, permissions, roles, scopes, userKinds } from './permissions.js';

/** Who is calling. One shape for all: what a caller of this kind does not have is null or an empty list. */
export class MeDto {
  @ApiProperty({ enum: [...userKinds, 'api_key'], example: 'person' })
  kind!: string;

  @ApiProperty({
    format: 'uuid',
    description: 'Of the user, or of the API key',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41',
  })
  id!: string;

  @ApiProperty({ example: 'Mona Lisa' })
  name!: string;

  @ApiProperty({ description: 'The slug of the account, as it stands in its keys', example: 'default' })
  account!: string;

  @ApiProperty({ type: String, nullable: true, description: 'Of a person', example: 'mona@example.com' })
  email!: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...roles, null],
    description: 'Of a person or service account',
    example: 'developer',
  })
  role!: string | null;

  @ApiProperty({ type: [String], description: 'Of a person', example: ['team-lead'] })
  approver_roles!: string[];

  @ApiProperty({ type: [String], description: 'Of a person or service account', example: ['octocat'] })
  logins!: string[];

  @ApiProperty({ type: String, isArray: true, enum: scopes, description: 'Of an API key', example: [] })
  scopes!: string[];

  @ApiProperty({ type: [NarrowedToDto], description: 'The only products that an API key may be used for; empty: all' })
  products!: NarrowedToDto[];

  @ApiProperty({ type: [NarrowedToDto], description: 'The only environments that it may be used for; empty: all' })
  environments!: NarrowedToDto[];

  @ApiProperty({
    type: String,
    isArray: true,
    enum: Object.keys(permissions),
    description: 'What the caller may do: as `x-permission` of each operation names it',
    example: ['read', 'tokens:own', 'deployments:write', 'versions:approve'],
  })
  permissions!: Permission[];

  @ApiProperty({
    type: String,
    isArray: true,
    enum: approvalTypes,
    description: 'The types of approval that the caller may give',
    example: ['code_review'],
  })
  approval_types!: string[];

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;
}
