import { PeriodQuery } from '../common/http/period-query.js';
import { QueryListField } from '../common/validation/query-fields.js';

/** The filters of the list of versions. Several values of one are alternatives; all filters must hold. */
export class VersionsQuery extends PeriodQuery {
  @QueryListField({
    description: 'Names (present or former, letter case ignored) or ids of products',
    example: ['my-service'],
  })
  product?: string[];

  @QueryListField({ description: 'Versions, exactly as reported', example: ['1.4.2'] })
  version?: string[];

  @QueryListField({
    description: 'SHAs of commits; 7 or more hex digits find every SHA that starts with them',
    example: ['9fceb02'],
  })
  scm_sha?: string[];

  @QueryListField({
    description: 'Names or ids of environments: only versions that are deployed there now',
    example: ['production'],
  })
  environment?: string[];
}
