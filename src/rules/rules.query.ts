import { PageQuery } from '../common/http/pagination.js';
import { QueryEnumListField, QueryListField } from '../common/validation/query-fields.js';
import type { RuleStatus } from '../preflight/checks/check.js';
import { type RuleType, ruleTypes } from '../preflight/checks/index.js';
import { ruleStatuses } from './rule.dto.js';

/** The filters of the list of rules. Several values of one are alternatives; all filters must hold. */
export class RulesQuery extends PageQuery {
  @QueryEnumListField({ values: ruleTypes, description: 'Types', example: ['schedule'] })
  type?: RuleType[];

  @QueryEnumListField({ values: ruleStatuses, description: 'Statuses', example: ['enabled'] })
  status?: RuleStatus[];

  @QueryListField({ description: 'Names, letter case ignored', example: ['friday_freeze'] })
  name?: string[];

  @QueryListField({
    description: 'Names or ids of products: the rules that apply to one of them, by name or because they apply to all',
    example: ['my-service'],
  })
  product?: string[];

  @QueryListField({
    description:
      'Names or ids of environments: the rules that apply in one of them, by name, by type, or because they apply in all',
    example: ['production'],
  })
  environment?: string[];
}
