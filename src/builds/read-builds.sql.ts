import type { CatalogFilter } from '../catalog/catalog-filter.js';
import { productWay, versionWay } from '../catalog/catalog-ways.sql.js';
import { hideArchivedProducts } from '../catalog/hide-archived.sql.js';
import type { Statement } from '../database/database.js';
import { newestFirst, type PageCut, statementName, type Way } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';
import type { Status } from '../deployments/normalize-status.js';

/** The filters of the list of builds; null where one is absent. */
export interface BuildFilter {
  readonly product: CatalogFilter | null;
  readonly version: readonly string[] | null;
  readonly status: readonly Status[] | null;
}

const account = '$1::uuid';

/** Builds `d` with the names they refer to: the columns of BuildView. */
function viewOf(rows: string): string {
  return `
SELECT d.id, d.product_id AS "productId", p.name AS "productName", d.version_id AS "versionId", v.version, d.status,
  d.build_number AS "buildNumber", d.build_url AS "buildUrl", d.scm_sha AS "scmSha", d.scm_branch AS "scmBranch",
  d.scm_repository AS "scmRepository", d.built_by AS "builtBy", d.built_by_email AS "builtByEmail",
  d.built_by_name AS "builtByName", d.started_at AS "startedAt", d.completed_at AS "completedAt",
  d.created_at AS "createdAt", d.extra_metadata AS "extraMetadata", d.source_system AS "sourceSystem",
  d.invoke_id AS "invokeId", d.error_message AS "errorMessage", d.error_code AS "errorCode", d.updated_at AS "updatedAt"
FROM (${rows}) AS d
JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
ORDER BY d.created_at DESC, d.id DESC`;
}

/** One build: $1 account, $2 its id. Plan: primary keys. */
export const readBuild: Statement = {
  name: 'read_build',
  readOnly: true,
  text: viewOf(`SELECT * FROM builds WHERE account_id = ${account} AND id = $2::uuid`),
};

/** The newest builds of a version: $1 account, $2 the version's id. Plan: the index on (version_id, created_at, id). */
export const readNewestBuilds: Statement = {
  name: 'read_newest_builds',
  readOnly: true,
  text: viewOf(
    `SELECT * FROM builds WHERE account_id = ${account} AND version_id = $2::uuid ORDER BY created_at DESC, id DESC LIMIT 200`,
  ),
};

/**
 * One page of builds, newest first.
 * Plan: `newestFirst` on the index of the filter that narrows most.
 */
export function listBuilds(accountId: string, { product, version, status }: BuildFilter, cut: PageCut): BoundStatement {
  const parameters = new Parameters();
  parameters.add(accountId, 'uuid');
  const ways: Way[] = [];
  if (version !== null) ways.push(versionWay(parameters, account, version, product));
  if (product !== null) ways.push(productWay(parameters, account, product));
  if (status !== null) {
    const values = () => parameters.add(status, 'text[]');
    ways.push({
      name: 'state',
      fetch: 'rows',
      by: () => ({ keys: `SELECT unnest(${values()}) AS status`, on: 'd.status = k.status' }),
      demand: () => `d.status = ANY (${values()})`,
    });
  }
  const shown = hideArchivedProducts('d.product_id', account, product);
  const rows = newestFirst(parameters, cut, { table: 'builds', account, ways, shown });
  return {
    statement: { name: statementName('list_builds', cut, ways), text: viewOf(rows), readOnly: true },
    values: parameters.values,
  };
}
