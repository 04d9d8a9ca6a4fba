import { ApiProperty } from '@nestjs/swagger';
import { DateTimeField, EnumListField, StringField } from '../common/validation/fields.js';
import { type Scope, scopes } from './permissions.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40';
const prefix = 'sk_default_github-actions_9fQ2';

export class CreateApiKeyDto {
  @StringField({
    max: 100,
    trim: true,
    description: 'Whose key it is; stands in the key itself',
    example: 'GitHub Actions',
  })
  name!: string;

  @EnumListField({
    values: scopes,
    minItems: 1,
    maxItems: scopes.length,
    default: ['events:write'],
    description: 'What the key may do',
  })
  scopes!: Scope[];

  @DateTimeField({
    required: false,
    nullable: true,
    description: 'When it stops working; never, if not given',
    example: '2027-01-31T00:00:00.000Z',
  })
  expires_at?: Date | null;
}

export class RenameApiKeyDto {
  @StringField({ max: 100, trim: true, required: false, example: 'GitHub Actions (main)' })
  name?: string;
}

/** An API key without its secret. */
export class ApiKeyDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ example: 'GitHub Actions' })
  name!: string;

  @ApiProperty({ description: 'The beginning of the key, to tell it from others', example: prefix })
  prefix!: string;

  @ApiProperty({ enum: scopes, isArray: true, example: ['events:write'] })
  scopes!: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-31T00:00:00.000Z' })
  expires_at!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'To within a few seconds',
    example: '2026-03-02T14:02:10.000Z',
  })
  last_used_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The user; null for a key that the service made',
    example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41',
  })
  created_by!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revoked_at!: string | null;
}

/** A new API key, with the secret that is shown this once. */
export class CreatedApiKeyDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ example: 'GitHub Actions' })
  name!: string;

  @ApiProperty({ description: 'The key itself, shown only here', example: `${prefix}…` })
  key!: string;

  @ApiProperty({ example: prefix })
  prefix!: string;

  @ApiProperty({ enum: scopes, isArray: true, example: ['events:write'] })
  scopes!: string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-31T00:00:00.000Z' })
  expires_at!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;
}
