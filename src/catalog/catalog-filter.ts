import { readUuid } from '../common/validation/uuid.js';
import type { Parameters } from '../database/parameters.js';
import { nameKey } from './name-key.js';

/** The values of a filter for products or environments: names (present or former) or ids alike, and an id before a name. */
export interface CatalogFilter {
  readonly nameKeys: readonly string[];
  readonly ids: readonly string[];
  /** The only ids that may be found, whatever was asked for; absent: all. Rare, so that its statements are not prepared. */
  readonly within?: readonly string[];
}

/** Null where the filter was not given: then everything passes. A value that names nothing finds nothing. */
export function toCatalogFilter(values: readonly string[] | undefined): CatalogFilter | null {
  if (values === undefined) return null;
  return {
    nameKeys: values.map(nameKey),
    ids: values.map((value) => readUuid(value.trim())).filter((id) => id !== null),
  };
}

/** The filter as it holds for who sees only `ids`, such as a narrowed key; null: who sees everything. */
export function narrowFilter(filter: CatalogFilter | null, ids: ReadonlySet<string> | null): CatalogFilter | null {
  if (ids === null) return filter;
  const within = [...ids];
  return { nameKeys: [], ids: within, ...filter, within };
}

/** Whether a filter says what somebody asked for, and not only what a narrowed key sees. */
export function isAsked(filter: CatalogFilter | null): boolean {
  return filter !== null && filter.ids !== filter.within;
}

/** Whether a filter keeps to what a narrowed key sees: a statement with it has a text of its own. */
export function isNarrowed(filter: CatalogFilter | null): boolean {
  return filter?.within !== undefined;
}

/**
 * SQL of the ids, as `id`, of the products that a filter names. `account` is the placeholder of the account's id.
 * Whatever is the id of one product is not looked for among the names of others.
 * Plan: a primary key look-up for each value.
 */
export function productIds(parameters: Parameters, account: string, { nameKeys, ids, within }: CatalogFilter): string {
  const given = parameters.add(ids, 'uuid[]');
  const byId = (alias: string) => `${alias}.account_id = ${account} AND ${alias}.id = ANY (${given})`;
  const named = `SELECT n.product_id AS id FROM product_names n
      WHERE n.account_id = ${account} AND n.name_key = ANY (${parameters.add(nameKeys, 'text[]')})
        AND NOT EXISTS (SELECT FROM products i WHERE ${byId('i')} AND i.id::text = n.name_key)
    UNION SELECT p.id FROM products p WHERE ${byId('p')}`;
  return among(parameters, named, within);
}

/** As `productIds`, for environments. */
export function environmentIds(
  parameters: Parameters,
  account: string,
  { nameKeys, ids, within }: CatalogFilter,
): string {
  const given = parameters.add(ids, 'uuid[]');
  const byId = (alias: string) => `${alias}.account_id = ${account} AND ${alias}.id = ANY (${given})`;
  const named = `SELECT n.environment_id AS id FROM environment_names n
      WHERE n.account_id = ${account} AND n.name_key = ANY (${parameters.add(nameKeys, 'text[]')})
        AND NOT EXISTS (SELECT FROM environments i WHERE ${byId('i')} AND i.id::text = n.name_key)
    UNION SELECT e.id FROM environments e WHERE ${byId('e')}`;
  return among(parameters, named, within);
}

function among(parameters: Parameters, named: string, within: CatalogFilter['within']): string {
  if (within === undefined) return named;
  return `SELECT named.id FROM (${named}) AS named WHERE named.id = ANY (${parameters.add(within, 'uuid[]')})`;
}
