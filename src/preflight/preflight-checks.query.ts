import { PeriodQuery } from '../common/http/period-query.js';
import { QueryBooleanField, QueryEnumListField, QueryListField } from '../common/validation/query-fields.js';
import { type BlockCode, blockCodes } from './verdict.js';

/** The filters of the record of attempts. Several values of one are alternatives; all filters must hold. */
export class PreflightChecksQuery extends PeriodQuery {
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

  @QueryListField({ description: 'Versions, exactly as reported', example: ['1.4.2'] })
  version?: string[];

  @QueryEnumListField({
    values: Object.keys(blockCodes),
    description: 'What decided against the attempt',
    example: ['CONCURRENT_DEPLOYMENT'],
  })
  code?: BlockCode[];

  @QueryBooleanField({
    description: 'false: only what was blocked or failed; true: only what passed, was overridden or skipped',
    example: false,
  })
  allowed?: boolean;
}
