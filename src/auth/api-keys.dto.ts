import { ApiProperty } from '@nestjs/swagger';
import {
  DateTimeField,
  EnumListField,
  IntegerField,
  StringField,
  StringListField,
} from '../common/validation/fields.js';
import { type Scope, scopes } from './permissions.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40';
const prefix = 'sk_default_github-actions_9fQ2';

const name = { max: 100, trim: true };
const scopeList = { values: scopes, minItems: 1, maxItems: scopes.length, description: 'What the key may do' };
// Whoever sends an empty list would get a key for everything: only leaving it out, or null in a change, says that.
const places = { trim: true, minItems: 1, maxItems: 100, required: false };
// They need not be there, and the example of the whole body must work as it stands.
const products = { ...places, max: 255, example: ['my-service'], inExample: false };
const environments = { ...places, max: 100, example: ['staging', 'production'], inExample: false };

export class CreateApiKeyDto {
  @StringField({ ...name, description: 'Whose key it is; stands in the key itself', example: 'GitHub Actions' })
  name!: string;

  @EnumListField({ ...scopeList, default: ['events:write'] })
  scopes!: Scope[];

  @StringListField({
    ...products,
    description: 'Names (present or former) or ids of the only products it may be used for; all, if not given',
  })
  products?: string[];

  @StringListField({
    ...environments,
    description: 'Names (present or former) or ids of the only environments it may be used for; all, if not given',
  })
  environments?: string[];

  @DateTimeField({
    required: false,
    nullable: true,
    description: 'When it stops working; never, if not given',
    example: '2027-01-31T00:00:00.000Z',
    inExample: false,
  })
  expires_at?: Date | null;
}

export class UpdateApiKeyDto {
  @StringField({ ...name, required: false, example: 'GitHub Actions (main)' })
  name?: string;

  @EnumListField({ ...scopeList, required: false, example: ['events:write'] })
  scopes?: Scope[];

  @StringListField({
    ...products,
    nullable: true,
    description: 'As on creation; the list is replaced whole, and null opens the key to all products',
  })
  products?: string[] | null;

  @StringListField({
    ...environments,
    nullable: true,
    description: 'As on creation; the list is replaced whole, and null opens the key to all environments',
  })
  environments?: string[] | null;

  @DateTimeField({
    required: false,
    nullable: true,
    description: 'When it stops working; null: never. A key that has expired stays so',
    example: '2027-01-31T00:00:00.000Z',
    inExample: false,
  })
  expires_at?: Date | null;
}

const maxOverlapHours = 30 * 24;

export class RotateApiKeyDto {
  @IntegerField({
    required: false,
    min: 0,
    max: maxOverlapHours,
    description: 'For how long the old key still works; 24 hours, if neither this nor overlap_minutes is given',
    example: 24,
  })
  overlap_hours?: number;

  @IntegerField({
    required: false,
    min: 0,
    max: maxOverlapHours * 60,
    description: 'The same in minutes; 0 ends the old key at once',
    judge: (_: number, { overlap_hours }: Partial<RotateApiKeyDto>, loc) =>
      overlap_hours === undefined
        ? []
        : [{ loc, msg: 'give either overlap_hours or overlap_minutes', type: 'value_error.overlap' }],
  })
  overlap_minutes?: number;

  @DateTimeField({
    required: false,
    nullable: true,
    description:
      'When the new key stops working; null: never. If not given, it works for as long as the old one was made to work',
    example: '2027-01-31T00:00:00.000Z',
    inExample: false,
  })
  expires_at?: Date | null;
}

/** A product or environment that a key is narrowed to. */
export class NarrowedToDto {
  @ApiProperty({ format: 'uuid', example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'As it is called now; null where it has been erased: the key may do nothing there, and is no wider',
    example: 'my-service',
  })
  name!: string | null;
}

/** What a key may do, and until when: shown always. */
class ApiKeyRightsDto {
  @ApiProperty({ enum: scopes, isArray: true, example: ['events:write'] })
  scopes!: string[];

  @ApiProperty({ type: [NarrowedToDto], description: 'The only products it may be used for; empty: all' })
  products!: NarrowedToDto[];

  @ApiProperty({ type: [NarrowedToDto], description: 'The only environments it may be used for; empty: all' })
  environments!: NarrowedToDto[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-31T00:00:00.000Z' })
  expires_at!: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The key whose place it took',
    example: null,
  })
  rotated_from!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;
}

/** An API key without its secret. */
export class ApiKeyDto extends ApiKeyRightsDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ example: 'GitHub Actions' })
  name!: string;

  @ApiProperty({ description: 'The beginning of the key, to tell it from others', example: prefix })
  prefix!: string;

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
export class CreatedApiKeyDto extends ApiKeyRightsDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ example: 'GitHub Actions' })
  name!: string;

  @ApiProperty({ description: 'The key itself, shown only here', example: `${prefix}…` })
  key!: string;

  @ApiProperty({ example: prefix })
  prefix!: string;
}
