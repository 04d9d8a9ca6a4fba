import { ApiProperty } from '@nestjs/swagger';
import { PageQuery } from '../common/http/pagination.js';
import { DateTimeField, StringField, UuidField } from '../common/validation/fields.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a42';
const userId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41';
const prefix = 'pat_default_Kx0b';

export class CreatePersonalAccessTokenDto {
  @StringField({ max: 100, trim: true, description: 'What it is for', example: 'Laptop' })
  name!: string;

  @DateTimeField({
    required: false,
    nullable: true,
    description: 'When it stops working; never, if not given',
    example: '2027-01-31T00:00:00.000Z',
  })
  expires_at?: Date | null;

  @UuidField({
    required: false,
    nullable: true,
    description: 'Whose token it is, oneself if not given; only an admin may name somebody else',
    example: userId,
  })
  user_id?: string | null;
}

export class RenamePersonalAccessTokenDto {
  @StringField({ max: 100, trim: true, required: false, example: 'Old laptop' })
  name?: string;
}

export class PersonalAccessTokensQuery extends PageQuery {
  @UuidField({
    required: false,
    description: 'Whose tokens, one’s own if not given; only an admin may name somebody else',
    example: userId,
  })
  user_id?: string;
}

/** A personal access token without its secret. */
export class PersonalAccessTokenDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ example: 'Laptop' })
  name!: string;

  @ApiProperty({ description: 'The beginning of the token, to tell it from others', example: prefix })
  prefix!: string;

  @ApiProperty({ format: 'uuid', description: 'Whose token it is', example: userId })
  user_id!: string;

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
    description: 'The user; null for a token that the service made',
    example: userId,
  })
  created_by!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revoked_at!: string | null;
}

/** A new personal access token, with the secret that is shown this once. */
export class CreatedPersonalAccessTokenDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ example: 'Laptop' })
  name!: string;

  @ApiProperty({ description: 'The token itself, shown only here', example: `${prefix}…` })
  token!: string;

  @ApiProperty({ example: prefix })
  prefix!: string;

  @ApiProperty({ format: 'uuid', description: 'Whose token it is', example: userId })
  user_id!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2027-01-31T00:00:00.000Z' })
  expires_at!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;
}
