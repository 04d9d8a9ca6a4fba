import type { CatalogFilter } from '../catalog/catalog-filter.js';
import { environmentWay, productWay } from '../catalog/catalog-ways.sql.js';
import { newestFirst, type PageCut, statementName, type Way } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';
import type { OverrideState } from './overrides.mapper.js';

/** The filters of the list of overrides; null where one is absent. */
export interface OverrideFilter {
  readonly product: CatalogFilter | null;
  readonly environment: CatalogFilter | null;
  readonly states: readonly OverrideState[] | null;
}

const account = '$1::uuid';

/**
 * One page of overrides, newest first, with what their ids stand for: the columns of `Override`.
 *
 * Plan: `newestFirst` on the index of the filter that narrows most, then primary keys. Open ones are few, and found by when
 * they expire; each other state has an index of its own in the order of the list, several of them together are asked of
 * the rows in their order.
 */
export function listOverrides(accountId: string, filter: OverrideFilter, cut: PageCut, now: Date): BoundStatement {
  const parameters = new Parameters();
  parameters.add(accountId, 'uuid');
  const ways = waysOf(filter, parameters, now);
  const rows = newestFirst(parameters, cut, { table: 'preflight_overrides', account, ways });
  const text = `
SELECT d.account_id AS "accountId", d.id, d.product_id AS "productId", d.environment_id AS "environmentId", d.version,
  d.reason, d.include_concurrency AS "includeConcurrency", d.expires_at AS "expiresAt", d.created_by AS "createdBy",
  d.created_at AS "createdAt", d.revoked_at AS "revokedAt", d.revoked_by AS "revokedBy", d.used_at AS "usedAt",
  d.preflight_check_id AS "preflightCheckId", json_build_object('name', p.name) AS product,
  json_build_object('name', e.name) AS environment, json_build_object('name', u.name) AS creator,
  CASE WHEN c.id IS NOT NULL THEN json_build_object('deploymentId', c.deployment_id) END AS "preflightCheck"
FROM (${rows}) AS d
JOIN products p ON p.account_id = ${account} AND p.id = d.product_id
JOIN environments e ON e.account_id = ${account} AND e.id = d.environment_id
JOIN users u ON u.account_id = ${account} AND u.id = d.created_by
LEFT JOIN preflight_checks c ON c.account_id = ${account} AND c.id = d.preflight_check_id
ORDER BY d.created_at DESC, d.id DESC`;
  return {
    statement: { name: statementName('list_overrides', cut, ways), text, readOnly: true },
    values: parameters.values,
  };
}

/** The ways of the filters given, the narrowest first. */
function waysOf({ product, environment, states }: OverrideFilter, parameters: Parameters, now: Date): Way[] {
  const ways: Way[] = [];
  if (product !== null) ways.push(productWay(parameters, account, product));
  if (environment !== null) ways.push(environmentWay(parameters, account, environment));
  if (states === null) return ways;
  // Neither their order nor doubles: each text has a name of its own.
  const asked = [...new Set(states)].toSorted();
  const demand = () => `(${asked.map((state) => isIn(state, () => parameters.add(now, 'timestamptz'))).join(' OR ')})`;
  const open = asked.every((state) => state === 'open');
  const way: Way = {
    name: asked.join('_'),
    fetch: open ? 'few' : 'rows',
    by: () => ({ keys: 'SELECT', on: demand() }),
    demand,
  };
  return open ? [way, ...ways] : [...ways, way];
}

function isIn(state: OverrideState, now: () => string): string {
  const unused = 'd.used_at IS NULL AND d.revoked_at IS NULL';
  switch (state) {
    case 'used':
      return 'd.used_at IS NOT NULL';
    case 'revoked':
      return 'd.revoked_at IS NOT NULL';
    case 'open':
      return `${unused} AND d.expires_at > ${now()}`;
    case 'expired':
      return `${unused} AND d.expires_at <= ${now()}`;
  }
}
