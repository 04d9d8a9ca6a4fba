import { PeriodQuery } from '../common/http/period-query.js';
import { QueryEnumListField, QueryListField } from '../common/validation/query-fields.js';
import { type BlockCode, blockCodes } from '../preflight/verdict.js';

/** The filters of the list of violations. Several values of one are alternatives; all filters must hold. */
export class RuleViolationsQuery extends PeriodQuery {
  @QueryListField({
    description: 'Names (letter case ignored) or ids of rules, also of deleted ones',
    example: ['friday_freeze'],
  })
  rule?: string[];

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

  @QueryEnumListField({ values: Object.keys(blockCodes), description: 'Codes', example: ['NO_DEPLOY_WINDOW'] })
  code?: BlockCode[];
}
