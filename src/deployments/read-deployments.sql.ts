import { type CatalogFilter, environmentIds, isNarrowed } from '../catalog/catalog-filter.js';
import { productWay, shaWay, versionWay } from '../catalog/catalog-ways.sql.js';
import { hideArchivedProducts } from '../catalog/hide-archived.sql.js';
import type { ShaRanges } from '../catalog/sha-ranges.js';
import type { Statement } from '../database/database.js';
import { newestFirst, type PageCut, statementName, type Way } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';
import type { Status } from './normalize-status.js';
import { deploymentViewSql } from './deployment-view.sql.js';
import { shownStatusSql } from './shown-status.sql.js';

/** The filters of the list of deployments; null where one is absent. */
export interface DeploymentFilter {
  readonly product: CatalogFilter | null;
  readonly environment: CatalogFilter | null;
  readonly environmentType: readonly string[] | null;
  readonly version: readonly string[] | null;
  /** As they are shown: a stale one is aborted. */
  readonly status: readonly Status[] | null;
  readonly deployedBy: readonly string[] | null;
  readonly scmSha: ShaRanges | null;
}

const account = '$1::uuid';
const hasEnded = "d.status NOT IN ('pending', 'started')";

/**
 * One deployment: $1 account, $2 its id, $3 a frozen `now` or null.
 * Plan: primary keys; what replaced it by deployments_completed_idx.
 */
export const readDeployment: Statement = {
  name: 'read_deployment',
  readOnly: true,
  text: deploymentViewSql(
    `SELECT * FROM deployments WHERE account_id = ${account} AND id = $2::uuid`,
    'coalesce($3::timestamptz, now())',
  ),
};

/**
 * One page of deployments, newest first.
 *
 * Plan: `newestFirst` on the index of the filter that narrows most, all of which end in (created_at DESC, id DESC), but
 * for the SHA's, which finds few rows; then primary keys, and deployments_completed_idx for what replaced each row.
 */
export function listDeployments(
  accountId: string,
  filter: DeploymentFilter,
  cut: PageCut,
  frozenNow: Date | null,
): BoundStatement {
  const parameters = new Parameters();
  parameters.add(accountId, 'uuid');
  const now = `coalesce(${parameters.add(frozenNow, 'timestamptz')}, now())`;
  const ways = waysOf(filter, parameters, now);
  const shown = hideArchivedProducts('d.product_id', account, filter.product);
  const rows = newestFirst(parameters, cut, { table: 'deployments', account, ways, shown });
  return {
    statement: {
      name: statementName('list_deployments', cut, ways),
      text: deploymentViewSql(rows, now),
      readOnly: true,
    },
    values: parameters.values,
  };
}

/** The ways of the filters given, the narrowest first. */
function waysOf(filter: DeploymentFilter, parameters: Parameters, now: string): Way[] {
  const { product, environment, environmentType, version, status, deployedBy, scmSha } = filter;
  const ways: Way[] = [];

  if (scmSha !== null) ways.push(shaWay(parameters, scmSha));
  if (version !== null) ways.push(versionWay(parameters, account, version, product));
  if (product !== null) ways.push(productWay(parameters, account, product));
  if (deployedBy !== null) {
    const values = () => parameters.add([...new Set(deployedBy)], 'text[]');
    ways.push({
      name: 'who',
      fetch: 'rows',
      by: () => ({ keys: `SELECT unnest(${values()}) AS who`, on: 'd.deployed_by = k.who' }),
      demand: () => `d.deployed_by = ANY (${values()})`,
    });
  }
  if (environment !== null || environmentType !== null) {
    const ids = () => {
      const named = environment === null ? '' : ` AND e.id IN (${environmentIds(parameters, account, environment)})`;
      const typed = environmentType === null ? '' : ` AND e.type = ANY (${parameters.add(environmentType, 'text[]')})`;
      return `SELECT e.id FROM environments e WHERE e.account_id = ${account}${named}${typed}`;
    };
    ways.push({
      fetch: 'rows',
      name: isNarrowed(environment) ? '' : environmentType === null ? 'env' : environment === null ? 'type' : 'where',
      by: () => ({ keys: ids(), on: 'd.environment_id = k.id' }),
      demand: () => `d.environment_id = ANY (ARRAY(${ids()}))`,
    });
  }
  if (status !== null) {
    // Open ones are never many.
    const narrow = status.every((one) => one === 'pending' || one === 'started');
    if (narrow && scmSha === null) ways.unshift(openWay(parameters, status, now));
    else ways.push(statusWay(parameters, status, now));
  }
  return ways;
}

/**
 * Open ones are never many, and an index of their own holds them: all are read and sorted. By the index on the status,
 * a planner that has seen hardly any may walk the whole list instead in the hope of one.
 * Plan: deployments_open_idx.
 */
function openWay(parameters: Parameters, status: readonly Status[], now: string): Way {
  const { demand } = statusWay(parameters, status, now);
  const on = () => `d.completed_at IS NULL AND ${demand()}`;
  return { name: 'open', fetch: 'few', by: () => ({ keys: 'SELECT', on: on() }), demand };
}

/**
 * The index knows the status as it is stored; whether one is stale is asked of the open ones that it finds. Asked of all,
 * that would also let the planner expect few of them, and sort where the index has them in order.
 */
function statusWay(parameters: Parameters, status: readonly Status[], now: string): Way {
  const stored = new Set(status.includes('aborted') ? [...status, 'pending', 'started'] : status);
  const demand = () => `${shownStatusSql(now)} = ANY (${parameters.add(status, 'text[]')})`;
  const keys = () => `SELECT unnest(${parameters.add([...stored], 'text[]')}) AS status`;
  return {
    name: 'state',
    fetch: 'rows',
    by: () => ({ keys: keys(), on: `d.status = k.status AND (${hasEnded} OR ${demand()})` }),
    demand,
  };
}
