import { QueryDateTimeField } from '../validation/query-fields.js';
import { PageQuery } from './pagination.js';

/** What a list takes that can be narrowed to a period. */
export class PeriodQuery extends PageQuery {
  @QueryDateTimeField({ description: 'Created at this time or later', example: '2026-03-01T00:00:00Z' })
  from?: Date;

  @QueryDateTimeField({ description: 'Created at this time or earlier', example: '2026-03-31T23:59:59.999Z' })
  to?: Date;
}
