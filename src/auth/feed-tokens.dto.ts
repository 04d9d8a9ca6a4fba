import { ApiProperty } from '@nestjs/swagger';
import { EnumField, StringField } from '../common/validation/fields.js';
import { type FeedKind, feedKinds } from './feed-tokens.repository.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a43';
const prefix = 'feed_default_u7Rw';

export class CreateFeedTokenDto {
  @EnumField({ values: feedKinds, description: 'The kind of feed that it opens', example: 'badge' })
  kind!: FeedKind;

  @StringField({
    max: 255,
    trim: true,
    emptyIsAbsent: true,
    description: 'Name or id of the only product that it opens; all, if not given',
    example: 'my-service',
    inExample: false,
  })
  product?: string;

  @StringField({
    max: 100,
    trim: true,
    emptyIsAbsent: true,
    description: 'Name or id of the only environment that it opens; all, if not given',
    example: 'production',
    inExample: false,
  })
  environment?: string;
}

/** A feed token without its secret. */
export class FeedTokenDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ enum: feedKinds, example: 'badge' })
  kind!: string;

  @ApiProperty({ description: 'The beginning of the token, to tell it from others', example: prefix })
  prefix!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a11' })
  product_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'my-service' })
  product_name!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a13' })
  environment_id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'production' })
  environment_name!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41' })
  created_by!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revoked_at!: string | null;
}

/** A new feed token, with the secret that is shown this once. */
export class CreatedFeedTokenDto extends FeedTokenDto {
  @ApiProperty({ description: 'The token itself, shown only here', example: `${prefix}…` })
  token!: string;
}
