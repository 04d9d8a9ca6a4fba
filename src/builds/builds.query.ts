import { PeriodQuery } from '../common/http/period-query.js';
import { QueryEnumListField, QueryListField } from '../common/validation/query-fields.js';
import { normalizeStatus, type Status, statuses } from '../deployments/normalize-status.js';

/** The filters of the list of builds. Several values of one are alternatives; all filters must hold. */
export class BuildsQuery extends PeriodQuery {
  @QueryListField({
    description: 'Names (present or former, letter case ignored) or ids of products',
    example: ['my-service'],
  })
  product?: string[];

  @QueryListField({ description: 'Versions, exactly as reported', example: ['1.4.2'] })
  version?: string[];

  @QueryEnumListField({
    values: statuses,
    read: (text) => normalizeStatus('build', text),
    description: 'Statuses or their aliases: pending, started, completed, failed, aborted',
    example: ['failed'],
  })
  status?: Status[];
}
