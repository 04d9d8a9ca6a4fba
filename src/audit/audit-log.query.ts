import { PeriodQuery } from '../common/http/period-query.js';
import { StringField, UuidField } from '../common/validation/fields.js';
import {
  QueryDateTimeField,
  QueryEnumListField,
  QueryIntegerField,
  QueryListField,
} from '../common/validation/query-fields.js';

export const actorKinds = ['api_key', 'user', 'service', 'operator'] as const;
export type ActorKind = (typeof actorKinds)[number];

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';

/** The filters of the audit log. Several values of one are alternatives; all filters must hold. */
export class AuditLogQuery extends PeriodQuery {
  @QueryListField({
    description: 'Actions, or their beginnings with a dot at the end: `product.`',
    example: ['product.'],
  })
  action?: string[];

  @QueryListField({ description: 'Kinds of what was changed', example: ['product'] })
  resource_type?: string[];

  @UuidField({ required: false, description: 'What was changed', example: id })
  resource_id?: string;

  @QueryEnumListField({ values: actorKinds, description: 'Kinds of those who did it', example: ['user'] })
  actor?: ActorKind[];

  @UuidField({ required: false, description: 'The person or service account that did it', example: id })
  user_id?: string;

  @UuidField({ required: false, description: 'The API key with which it was done', example: id })
  api_key_id?: string;

  @StringField({
    required: false,
    max: 200,
    description: 'The `X-Request-Id` of the request that did it',
    example: 'a1b2',
  })
  request_id?: string;
}

/** Which part of the log to export: always whole seals, those that touch it. */
export class AuditExportQuery {
  @QueryIntegerField({ min: 1, max: 999_999_999_999, description: 'From this number on', example: 1 })
  from_seq?: number;

  @QueryIntegerField({ min: 1, max: 999_999_999_999, description: 'Up to this number', example: 4711 })
  to_seq?: number;

  @QueryDateTimeField({ description: 'Made at this time or later', example: '2026-03-01T00:00:00Z' })
  from?: Date;

  @QueryDateTimeField({ description: 'Made at this time or earlier', example: '2026-03-31T23:59:59.999Z' })
  to?: Date;
}
