import { ApiProperty } from '@nestjs/swagger';
import { DateTimeField, StringField, UuidField } from '../common/validation/fields.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a43';
const userId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41';
const prefix = 'inv_default_q7Zc';

export class CreateInvitationDto {
  @DateTimeField({
    required: false,
    nullable: true,
    description: 'When it stops working: in 7 days, if not given; in 30 at the latest',
    example: '2026-03-09T14:00:00.000Z',
    inExample: false,
  })
  expires_at?: Date | null;
}

export class AcceptInvitationDto {
  @StringField({
    max: 100,
    trim: true,
    default: 'First token',
    description: 'What the personal token that comes of it is called',
    example: 'Laptop',
  })
  name!: string;
}

/** The path of one invitation of somebody. */
export class InvitationParams {
  @UuidField({ description: 'The person’s id', example: userId })
  id!: string;

  @UuidField({ description: 'The invitation’s id', example: id })
  invitation_id!: string;
}

/** An invitation without its secret. */
export class InvitationDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'Who is invited', example: userId })
  user_id!: string;

  @ApiProperty({ description: 'The beginning of the invitation, to tell it from others', example: prefix })
  prefix!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-09T13:51:30.250Z' })
  expires_at!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was used; it works once',
    example: null,
  })
  accepted_at!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revoked_at!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Who invited them', example: userId })
  created_by!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;
}

/** A new invitation, with the secret that is shown this once. */
export class CreatedInvitationDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({ format: 'uuid', description: 'Who is invited', example: userId })
  user_id!: string;

  @ApiProperty({ description: 'The invitation itself, shown only here', example: `${prefix}…` })
  token!: string;

  @ApiProperty({ example: prefix })
  prefix!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-09T13:51:30.250Z' })
  expires_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-02T13:51:30.250Z' })
  created_at!: string;
}
