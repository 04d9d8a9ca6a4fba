import { ApiProperty } from '@nestjs/swagger';
import { StringField } from '../common/validation/fields.js';
import { chainFaultKinds } from './chain-faults.js';

const hash = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const key = '4f1c2d3e4b5a6978';
const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a90';
const time = '2026-03-02T14:05:09.123Z';

export class AuditVerifyQuery {
  @StringField({
    required: false,
    max: 90,
    pattern: /^[1-9]\d{0,14}:[0-9a-f]{64}$/,
    description:
      'A head that was kept, `seq:hash`: where it is no longer in the chain, the end of the chain was removed',
    example: `4711:${hash}`,
  })
  expect_head?: string;
}

export class AuditHeadDto {
  @ApiProperty({ description: 'The number of the last link', example: 4711 })
  seq!: number;

  @ApiProperty({ description: 'SHA-256, which depends on every entry so far', example: hash })
  hash!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: time })
  sealed_at!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Ed25519, hexadecimal', example: 'a1b2c3' })
  signature!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The id of the key that signed it', example: key })
  key!: string | null;
}

export class AuditKeyUseDto {
  @ApiProperty({ description: 'The beginning of the SHA-256 of its public half', example: key })
  id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Its 32 bytes in base64; null for a key that is not on record',
    example: 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=',
  })
  public_key!: string | null;

  @ApiProperty({
    type: String,
    enum: ['environment', 'database', null],
    nullable: true,
    description: 'Where its private half is kept; what is in the database, whoever owns the database can use',
    example: 'environment',
  })
  held_in!: string | null;

  @ApiProperty({ description: 'The first link that it vouches for', example: 1 })
  first_seq!: number;

  @ApiProperty({ description: 'The last link that it vouches for', example: 4711 })
  last_seq!: number;
}

export class AuditFaultDto {
  @ApiProperty({ enum: chainFaultKinds, example: 'edited' })
  kind!: string;

  @ApiProperty({ type: Number, nullable: true, description: 'Null for what was never sealed', example: 17 })
  seq!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'The end of a range; else as `seq`', example: 17 })
  last_seq!: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Where it is known', example: id })
  entry_id!: string | null;

  @ApiProperty({ example: 'The entry is not the one that was sealed' })
  message!: string;
}

export class AuditStubDto {
  @ApiProperty({ example: 1 })
  first_seq!: number;

  @ApiProperty({ example: 500 })
  last_seq!: number;

  @ApiProperty({ description: 'The hash before the range', example: hash })
  previous_hash!: string;

  @ApiProperty({ description: 'The hash at its end, which the next link follows', example: hash })
  hash!: string;

  @ApiProperty({ format: 'date-time', description: 'When the newest entry was made', example: time })
  newest_at!: string;

  @ApiProperty({ format: 'date-time', example: time })
  removed_at!: string;

  @ApiProperty({ example: key })
  key!: string;

  @ApiProperty({ example: 'a1b2c3' })
  signature!: string;
}

/** What came out when an audit log was verified. */
export class AuditVerificationDto {
  @ApiProperty({ description: 'Nothing is wrong', example: true })
  complete!: boolean;

  @ApiProperty({ description: 'Entries that there are', example: 4712 })
  entries!: number;

  @ApiProperty({ description: 'Links of the chain', example: 4711 })
  sealed!: number;

  @ApiProperty({ description: 'Entries that wait to be sealed, usually for about a second', example: 1 })
  unsealed!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The oldest of them', example: time })
  unsealed_since!: string | null;

  @ApiProperty({
    type: AuditHeadDto,
    nullable: true,
    description: 'The end of the chain; null where there is none yet',
  })
  head!: AuditHeadDto | null;

  @ApiProperty({
    type: [AuditKeyUseDto],
    description: 'Whose signatures stand under it: compare them with those you know',
  })
  keys!: AuditKeyUseDto[];

  @ApiProperty({ description: 'How many faults there are', example: 0 })
  fault_count!: number;

  @ApiProperty({ type: [AuditFaultDto], description: 'The first hundred of them', example: [] })
  faults!: AuditFaultDto[];

  @ApiProperty({
    type: [AuditStubDto],
    description: 'What retention has removed: the latest hundred ranges',
    example: [],
  })
  removed_ranges!: AuditStubDto[];
}
