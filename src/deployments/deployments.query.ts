import { environmentTypes } from '../catalog/infer-environment-type.js';
import { PeriodQuery } from '../common/http/period-query.js';
import { QueryBooleanField, QueryEnumListField, QueryListField } from '../common/validation/query-fields.js';
import { normalizeStatus, type Status, statuses } from './normalize-status.js';

/** The filters of the list of deployments. Several values of one are alternatives; all filters must hold. */
export class DeploymentsQuery extends PeriodQuery {
  @QueryListField({
    description: 'Names (present or former, letter case ignored) or ids of products',
    example: ['my-service'],
  })
  product?: string[];

  @QueryListField({
    description: 'Names (present or former, letter case ignored) or ids of environments',
    example: ['production'],
  })
  environment?: string[];

  @QueryEnumListField({ values: environmentTypes, description: 'Types of environments', example: ['production'] })
  environment_type?: string[];

  @QueryListField({ description: 'Versions, exactly as reported', example: ['1.4.2'] })
  version?: string[];

  @QueryEnumListField({
    values: statuses,
    read: (text) => normalizeStatus('deployment', text),
    description: 'Statuses or their aliases: pending, started, completed, failed, aborted',
    example: ['started'],
  })
  status?: Status[];

  @QueryListField({ description: 'Who deployed, exactly as reported', example: ['octocat'] })
  deployed_by?: string[];

  @QueryListField({
    description: 'SHAs of commits; 7 or more hex digits find every SHA that starts with them',
    example: ['9fceb02'],
  })
  scm_sha?: string[];

  @QueryBooleanField({
    description: 'true: only pending and started ones; false: only those that have ended',
    example: true,
  })
  active?: boolean;
}
