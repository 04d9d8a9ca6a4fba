import type { Statement } from '../database/database.js';
import { newestFirst, type PageCut, statementName, type Way } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';
import { type CatalogFilter, environmentIds, isNarrowed, productIds } from './catalog-filter.js';
import { productWay, shaWay } from './catalog-ways.sql.js';
import { hideArchivedProducts } from './hide-archived.sql.js';
import type { ShaRanges } from './sha-ranges.js';

/** The filters of the list of versions; null where one is absent. */
export interface VersionFilter {
  readonly product: CatalogFilter | null;
  readonly version: readonly string[] | null;
  readonly scmSha: ShaRanges | null;
  /** Where the version is deployed now. */
  readonly environment: CatalogFilter | null;
}

const account = '$1::uuid';

/** Versions `d` with the name of their product: the columns of VersionView. */
function viewOf(rows: string): string {
  return `
SELECT d.id, d.product_id AS "productId", p.name AS "productName", d.version, d.scm_sha AS "scmSha",
  d.scm_branch AS "scmBranch", d.scm_repository AS "scmRepository", d.created_at AS "createdAt",
  d.updated_at AS "updatedAt"
FROM (${rows}) AS d JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
ORDER BY d.created_at DESC, d.id DESC`;
}

/** One version: $1 account, $2 its id. Plan: primary keys. */
export const readVersion: Statement = {
  name: 'read_version',
  readOnly: true,
  text: viewOf(`SELECT * FROM versions WHERE account_id = ${account} AND id = $2::uuid`),
};

/**
 * Where a version is deployed now, by position: $1 account, $2 its id.
 * Plan: the states of its product by primary key, and the deployment of each.
 */
export const readWhereDeployed: Statement = {
  name: 'read_where_deployed',
  readOnly: true,
  text: `
SELECT e.id AS "environmentId", e.name AS "environmentName", d.id AS "deploymentId", s.deployed_at AS "deployedAt"
FROM versions v
JOIN environment_states s ON s.account_id = v.account_id AND s.product_id = v.product_id
JOIN deployments d ON d.account_id = s.account_id AND d.id = s.deployment_id AND d.version_id = v.id
JOIN environments e ON e.account_id = s.account_id AND e.id = s.environment_id
WHERE v.account_id = ${account} AND v.id = $2::uuid
ORDER BY e.position, e.name, e.id`,
};

/**
 * One page of versions, newest first.
 *
 * Plan: `newestFirst` on the index of the filter that narrows most. What is deployed in an environment is read from its states, of which
 * there are as many as products.
 */
export function listVersions(accountId: string, filter: VersionFilter, cut: PageCut): BoundStatement {
  const parameters = new Parameters();
  parameters.add(accountId, 'uuid');
  const ways = waysOf(filter, parameters);
  const shown = hideArchivedProducts('d.product_id', account, filter.product);
  const rows = newestFirst(parameters, cut, { table: 'versions', account, ways, shown });
  return {
    statement: { name: statementName('list_versions', cut, ways), text: viewOf(rows), readOnly: true },
    values: parameters.values,
  };
}

/** The ways of the filters given, the narrowest first. */
function waysOf({ product, version, scmSha, environment }: VersionFilter, parameters: Parameters): Way[] {
  const ways: Way[] = [];
  if (scmSha !== null) ways.push(shaWay(parameters, scmSha));
  if (environment !== null) {
    const deployed = (conditions: string) =>
      `SELECT DISTINCT x.version_id AS id FROM environment_states s
        CROSS JOIN LATERAL (SELECT y.version_id FROM deployments y
          WHERE y.account_id = s.account_id AND y.id = s.deployment_id LIMIT 1) AS x
        WHERE s.account_id = ${account}
          AND s.environment_id = ANY (ARRAY(${environmentIds(parameters, account, environment)})) ${conditions}`;
    ways.push({
      name: isNarrowed(environment) ? '' : 'env',
      fetch: 'rows',
      by: () => {
        const ofProduct = product === null ? '' : `AND s.product_id IN (${productIds(parameters, account, product)})`;
        return { keys: deployed(ofProduct), on: 'd.id = k.id' };
      },
      demand: () => `d.id IN (${deployed('AND s.product_id = d.product_id')})`,
    });
  }
  if (version !== null && product !== null) {
    const values = () => parameters.add([...new Set(version)], 'text[]');
    const products = () => productIds(parameters, account, product);
    ways.push({
      name: isNarrowed(product) ? '' : 'exact',
      fetch: 'few',
      by: () => ({
        keys: `SELECT p.id, v.version FROM (${products()}) AS p CROSS JOIN unnest(${values()}) AS v (version)`,
        on: 'd.product_id = k.id AND d.version = k.version',
      }),
      demand: () => `d.product_id = ANY (ARRAY(${products()})) AND d.version = ANY (${values()})`,
    });
  } else if (version !== null) {
    const values = () => parameters.add([...new Set(version)], 'text[]');
    ways.push({
      name: 'ver',
      fetch: 'rows',
      by: () => ({ keys: `SELECT unnest(${values()}) AS version`, on: 'd.version = k.version' }),
      demand: () => `d.version = ANY (${values()})`,
    });
  } else if (product !== null) ways.push(productWay(parameters, account, product));
  return ways;
}
