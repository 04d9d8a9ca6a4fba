import { ApiProperty } from '@nestjs/swagger';
import { approvalTypes } from '../preflight/checks/check.js';
import { type Permission, permissions, roles, scopes } from './permissions.js';

/** A role, and what it brings with it. */
export class RoleDto {
  @ApiProperty({ enum: roles, example: 'qa' })
  role!: string;

  @ApiProperty({
    type: String,
    isArray: true,
    enum: Object.keys(permissions),
    description:
      'What a person of this role may do: as `x-permission` of each operation names it. Service accounts approve nothing',
    example: ['read', 'tokens:own', 'slots:approve', 'versions:approve'],
  })
  permissions!: Permission[];

  @ApiProperty({
    type: String,
    isArray: true,
    enum: approvalTypes,
    description: 'The types of approval that a person of this role may give',
    example: ['qa', 'performance'],
  })
  approval_types!: string[];
}

/** A scope of API keys, and what it brings with it. */
export class ScopeDto {
  @ApiProperty({ enum: scopes, example: 'events:write' })
  scope!: string;

  @ApiProperty({
    type: String,
    isArray: true,
    enum: Object.keys(permissions),
    description: 'What a key with this scope may do. `preflight:skip` is no permission: it lets events skip the checks',
    example: ['deployments:write'],
  })
  permissions!: Permission[];
}
