import { PageQuery } from '../common/http/pagination.js';
import { QueryListField } from '../common/validation/query-fields.js';

/** The filter of the lists of products and of environments. */
export class CatalogQuery extends PageQuery {
  @QueryListField({ description: 'Names (present or former, letter case ignored) or ids', example: ['my-service'] })
  name?: string[];
}
