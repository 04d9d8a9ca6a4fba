import { ApiProperty } from '@nestjs/swagger';
import { actorKinds } from './audit-log.query.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';
const resource = { type: Object, additionalProperties: true, nullable: true } as const;

/** Who made a change. */
export class AuditActorDto {
  @ApiProperty({
    enum: actorKinds,
    description: '`service`: the service of itself; `operator`: somebody at its command line',
    example: 'user',
  })
  kind!: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: id })
  user_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As they are called now', example: 'Mona Lisa' })
  user_name!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  api_key_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'As it is called now', example: null })
  api_key_name!: string | null;
}

/** One change of state. */
export class AuditEntryDto {
  @ApiProperty({ format: 'uuid', example: id })
  id!: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Its number in the chain; null: not sealed yet',
    example: 17,
  })
  seq!: number | null;

  @ApiProperty({ format: 'date-time', description: 'By the database’s clock', example: '2026-03-02T14:05:09.123Z' })
  at!: string;

  @ApiProperty({ type: AuditActorDto })
  actor!: AuditActorDto;

  @ApiProperty({ type: String, nullable: true, description: 'Where the request came from', example: '192.0.2.17' })
  address!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The `X-Request-Id` of the request', example: 'a1b2' })
  request_id!: string | null;

  @ApiProperty({ description: '`<resource>.<verb>`', example: 'product.updated' })
  action!: string;

  @ApiProperty({ example: 'product' })
  resource_type!: string;

  @ApiProperty({ format: 'uuid', example: id })
  resource_id!: string;

  @ApiProperty({ ...resource, description: 'As the API showed it before; never a secret', example: { name: 'shop' } })
  before!: Record<string, unknown> | null;

  @ApiProperty({ ...resource, description: 'As the API showed it afterwards', example: { name: 'web-shop' } })
  after!: Record<string, unknown> | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The hash of its link, which depends on it and on everything before it; null: not sealed yet',
    example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  })
  hash!: string | null;
}
