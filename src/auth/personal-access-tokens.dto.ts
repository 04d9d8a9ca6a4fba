import { ApiProperty } from '@nestjs/swagger';
import { PageQuery } from '../common/http/pagination.js';
import { DateTimeField, StringField, UuidField } from '../common/validation/fields.js';
import { QueryBooleanField } from '../common/validation/query-fields.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a42';
const userId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41';
const prefix = 'pat_default_Kx0b';
/** What the list of somebody's tokens holds. */
const tokenKinds = ['token', 'single_sign_on'] as const;

export class CreatePersonalAccessTokenDto {
  @StringField({ max: 100, trim: true, description: 'What it is for', example: 'Laptop' })
  name!: string;

  @DateTimeField({
    required: false,
    nullable: true,
    description: 'When it stops working; never, if not given',
    example: '2027-01-31T00:00:00.000Z',
    inExample: false,
  })
  expires_at?: Date | null;

  @UuidField({
    required: false,
    nullable: true,
    description: 'Whose token it is, oneself if not given; only an admin may name somebody else',
    example: userId,
    inExample: false,
  })
  user_id?: string | null;
}

/** What may be changed of a token; what is not sent stays as it is. */
export class UpdatePersonalAccessTokenDto {
  @StringField({ max: 100, trim: true, required: false, example: 'Old laptop' })
  name?: string;

  @DateTimeField({
    required: false,
    description: 'When it stops working: earlier than so far, never later',
    example: '2026-12-31T00:00:00.000Z',
    inExample: false,
  })
  expires_at?: Date;
}

export class PersonalAccessTokensQuery extends PageQuery {
  @UuidField({
    required: false,
    description: 'Whose tokens, one’s own if not given; only an admin may name somebody else',
    example: userId,
  })
  user_id?: string;

  @QueryBooleanField({ description: 'true: those that work; false: those that are revoked or expired', example: true })
  active?: boolean;
}

/** Someone's way to call, without its secret: a personal access token, or their sign-in at an issuer. */
export class PersonalAccessTokenDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({
    enum: tokenKinds,
    description: '`single_sign_on` came into being when they first signed in: it has no secret here',
    example: 'token',
  })
  kind!: string;

  @ApiProperty({ example: 'Laptop' })
  name!: string;

  @ApiProperty({ description: 'The beginning of the token, to tell it from others', example: prefix })
  prefix!: string;

  @ApiProperty({ format: 'uuid', description: 'Whose token it is', example: userId })
  user_id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The OpenID Connect issuer that vouches for them; null for a token',
    example: null,
  })
  issuer!: string | null;

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
