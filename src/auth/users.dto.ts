import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, EmailField, EnumField, StringField, StringListField } from '../common/validation/fields.js';
import { CreatedInvitationDto } from './invitations.dto.js';
import { approvalTypes } from '../preflight/checks/check.js';
import { type Permission, permissions, type Role, roles, type UserKind, userKinds } from './permissions.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41';
const names = { maxItems: 50, max: 100, trim: true };
const approverRoles = {
  ...names,
  description:
    'Names under which rules ask for approvals, letter case ignored; doubles are dropped. A service account has none',
  example: ['team-lead'],
};
const logins = {
  ...names,
  description: 'What the CI system calls this person: tells whether somebody approves their own work',
  example: ['octocat'],
};

export class CreateUserDto {
  @EnumField({
    values: userKinds,
    default: 'person',
    description: 'A person, or a service account: a program that holds a role, but has no e-mail and may not approve',
    example: 'person',
  })
  kind!: UserKind;

  @EmailField({
    required: false,
    nullable: true,
    description: 'Of a person required, of a service account absent; nobody else’s, letter case ignored',
    example: 'mona@example.com',
  })
  email?: string | null;

  @StringField({ max: 255, trim: true, example: 'Mona Lisa' })
  name!: string;

  @EnumField({ values: roles, description: 'Says what they may do', example: 'developer' })
  role!: Role;

  @StringListField({ ...approverRoles, default: [] })
  approver_roles!: string[];

  @StringListField({ ...logins, default: [] })
  logins!: string[];

  @BooleanField({
    default: false,
    description: 'true: the answer also holds an invitation of this person, good for 7 days and shown this once',
    example: true,
  })
  invite!: boolean;
}

/** What may be changed of a user; what is not sent stays as it is. */
export class UpdateUserDto {
  @EmailField({ required: false, description: 'Of a person alone', example: 'mona@example.com' })
  email?: string;

  @StringField({ max: 255, trim: true, required: false, example: 'Mona Lisa' })
  name?: string;

  @EnumField({ values: roles, required: false, description: 'Nobody changes their own', example: 'developer' })
  role?: Role;

  @StringListField({ ...approverRoles, required: false })
  approver_roles?: string[];

  @StringListField({ ...logins, required: false })
  logins?: string[];

  @BooleanField({
    required: false,
    description:
      'true: their tokens stop within a second; false: those work again that are neither revoked nor expired',
    example: false,
  })
  deactivated?: boolean;
}

/** A person or a service account. */
export class UserDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ enum: userKinds, example: 'person' })
  kind!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null for a service account, and for who signed on without a verified e-mail',
    example: 'mona@example.com',
  })
  email!: string | null;

  @ApiProperty({ example: 'Mona Lisa' })
  name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: [...roles, null],
    description: 'Null for nobody whom this API made: such a user may do nothing',
    example: 'developer',
  })
  role!: string | null;

  @ApiProperty({
    type: [String],
    description: 'Names under which rules ask for their approval, beside the name of their role',
    example: ['team-lead'],
  })
  approver_roles!: string[];

  @ApiProperty({ type: [String], description: logins.description, example: ['octocat'] })
  logins!: string[];

  @ApiProperty({
    type: String,
    isArray: true,
    enum: Object.keys(permissions),
    description: 'What they may do: as `x-permission` of each operation names it; nothing while they are deactivated',
    example: ['read', 'tokens:own', 'deployments:write', 'versions:approve'],
  })
  permissions!: Permission[];

  @ApiProperty({
    type: String,
    isArray: true,
    enum: approvalTypes,
    description: 'The types of approval that they may give',
    example: ['code_review'],
  })
  approval_types!: string[];

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  updated_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Since when their tokens are refused; null: they are good',
    example: null,
  })
  deactivated_at!: string | null;
}

/** A new person or service account, with the invitation that was asked for. */
export class CreatedUserDto extends UserDto {
  @ApiProperty({ type: () => CreatedInvitationDto, required: false, description: 'Only with `invite: true`' })
  invitation?: CreatedInvitationDto;
}
