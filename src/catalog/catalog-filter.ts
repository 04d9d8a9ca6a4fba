import { readUuid } from '../common/validation/uuid.js';
import type { Parameters } from '../database/parameters.js';
import { nameKey } from './name-key.js';

/** The values of a filter for products or environments: names (present or former) or ids alike. */
export interface CatalogFilter {
  readonly nameKeys: readonly string[];
  readonly ids: readonly string[];
}

/** Null where the filter was not given: then everything passes. A value that names nothing finds nothing. */
export function toCatalogFilter(values: readonly string[] | undefined): CatalogFilter | null {
  if (values === undefined) return null;
  return {
    nameKeys: values.map(nameKey),
    ids: values.map((value) => readUuid(value.trim())).filter((id) => id !== null),
  };
}

/**
 * SQL of the ids, as `id`, of the products that a filter names. `account` is the placeholder of the account's id.
 * Plan: a primary key look-up for each value.
 */
export function productIds(parameters: Parameters, account: string, { nameKeys, ids }: CatalogFilter): string {
  return `SELECT n.product_id AS id FROM product_names n
      WHERE n.account_id = ${account} AND n.name_key = ANY (${parameters.add(nameKeys, 'text[]')})
    UNION SELECT p.id FROM products p WHERE p.account_id = ${account} AND p.id = ANY (${parameters.add(ids, 'uuid[]')})`;
}

/** As `productIds`, for environments. */
export function environmentIds(parameters: Parameters, account: string, { nameKeys, ids }: CatalogFilter): string {
  return `SELECT n.environment_id AS id FROM environment_names n
      WHERE n.account_id = ${account} AND n.name_key = ANY (${parameters.add(nameKeys, 'text[]')})
    UNION SELECT e.id FROM environments e
      WHERE e.account_id = ${account} AND e.id = ANY (${parameters.add(ids, 'uuid[]')})`;
}
