import { PageQuery } from '../common/http/pagination.js';
import { QueryEnumListField, QueryIntegerField } from '../common/validation/query-fields.js';
import { type StaleKind, staleKinds, type StaleReason, staleReasons } from './credential-report.mapper.js';

/** What counts as stale, and what is shown of it. */
export class StaleCredentialsQuery extends PageQuery {
  @QueryIntegerField({ min: 1, max: 3650, default: 90, description: 'Unused for so many days', example: 90 })
  unused_days!: number;

  @QueryIntegerField({
    min: 0,
    max: 3650,
    default: 30,
    description: 'Expires within so many days; 0: leave those out',
    example: 30,
  })
  expiring_days!: number;

  @QueryEnumListField({ values: staleKinds, description: 'Kinds', example: ['api_key'] })
  kind?: StaleKind[];

  @QueryEnumListField({
    values: staleReasons,
    description: 'Reasons, one of which at least must hold',
    example: ['unused'],
  })
  reason?: StaleReason[];
}
