import type { Way } from '../database/newest-first.sql.js';
import type { Parameters } from '../database/parameters.js';
import { type CatalogFilter, environmentIds, isNarrowed, productIds } from './catalog-filter.js';
import type { ShaRanges } from './sha-ranges.js';

/** Finds rows by their product. Plan: the index on (account_id, product_id, created_at DESC, id DESC). */
export function productWay(parameters: Parameters, account: string, filter: CatalogFilter): Way {
  return {
    name: isNarrowed(filter) ? '' : 'prod',
    fetch: 'rows',
    by: () => ({ keys: productIds(parameters, account, filter), on: 'd.product_id = k.id' }),
    demand: () => `d.product_id = ANY (ARRAY(${productIds(parameters, account, filter)}))`,
  };
}

/** As `productWay`, for environments. */
export function environmentWay(parameters: Parameters, account: string, filter: CatalogFilter): Way {
  return {
    name: isNarrowed(filter) ? '' : 'env',
    fetch: 'rows',
    by: () => ({ keys: environmentIds(parameters, account, filter), on: 'd.environment_id = k.id' }),
    demand: () => `d.environment_id = ANY (ARRAY(${environmentIds(parameters, account, filter)}))`,
  };
}

/**
 * Finds rows by the names of their versions, of the products given or of all. Plan: the versions by their index on
 * (account_id, version), and for each the index on (account_id, version_id, created_at DESC, id DESC).
 */
export function versionWay(
  parameters: Parameters,
  account: string,
  versions: readonly string[],
  product: CatalogFilter | null,
): Way {
  const ids = () => {
    const ofProduct = product === null ? '' : ` AND v.product_id IN (${productIds(parameters, account, product)})`;
    return `SELECT v.id FROM versions v
      WHERE v.account_id = ${account} AND v.version = ANY (${parameters.add(versions, 'text[]')})${ofProduct}`;
  };
  return {
    name: 'ver',
    fetch: 'ids',
    by: () => ({ keys: ids(), on: 'd.version_id = k.id' }),
    demand: () => `d.version_id = ANY (ARRAY(${ids()}))`,
  };
}

/** Finds rows by their SHA. Plan: the index on (account_id, lower(scm_sha) text_pattern_ops), a scan for each range. */
export function shaWay(parameters: Parameters, { low, high }: ShaRanges): Way {
  const ranges = () =>
    `SELECT * FROM unnest(${parameters.add(low, 'text[]')}, ${parameters.add(high, 'text[]')}) AS r (low, high)`;
  const matches = 'd.scm_sha IS NOT NULL AND lower(d.scm_sha) ~>=~ k.low AND lower(d.scm_sha) ~<~ k.high';
  return {
    name: 'sha',
    fetch: 'few',
    by: () => ({ keys: ranges(), on: matches }),
    demand: () => `EXISTS (SELECT FROM (${ranges()}) AS k WHERE ${matches})`,
  };
}
