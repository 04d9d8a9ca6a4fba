import { PageQuery } from '../common/http/pagination.js';
import { QueryBooleanField, QueryEnumListField } from '../common/validation/query-fields.js';
import { type Scope, scopes } from './permissions.js';

/** The filters of the list of API keys. Several scopes are alternatives. */
export class ApiKeysQuery extends PageQuery {
  @QueryBooleanField({
    description: 'true: only keys that can be used now; false: only those that are revoked or have expired',
    example: true,
  })
  active?: boolean;

  @QueryEnumListField({ values: scopes, description: 'Keys that hold this scope', example: ['preflight:skip'] })
  scope?: Scope[];
}
