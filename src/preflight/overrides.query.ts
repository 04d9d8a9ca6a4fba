import { PageQuery } from '../common/http/pagination.js';
import { QueryEnumListField, QueryListField } from '../common/validation/query-fields.js';
import { type OverrideState, overrideStates } from './overrides.mapper.js';

/** The filters of the list of overrides. Several values of one are alternatives; all filters must hold. */
export class OverridesQuery extends PageQuery {
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

  @QueryEnumListField({ values: overrideStates, description: 'What has become of them', example: ['open'] })
  state?: OverrideState[];
}
