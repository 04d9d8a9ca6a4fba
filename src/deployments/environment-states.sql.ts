import { type CatalogFilter, environmentIds, isAsked, isNarrowed, productIds } from '../catalog/catalog-filter.js';
import { type PageCut, rowsRead, statementName } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';
import { isStaleSql } from './shown-status.sql.js';

/** Which products and environments, and of which moment; null where a filter is absent. */
export interface MatrixFilter {
  readonly product: CatalogFilter | null;
  readonly environment: CatalogFilter | null;
  readonly environmentType: readonly string[] | null;
  /** Null: now. */
  readonly at: Date | null;
}

/** Letter case ignored, whatever the locale of the database. */
const sortKey = (product: string) => `lower(${product}.name COLLATE "C")`;

/**
 * The matrix: a page of products by name, and a row for each of their cells by position.
 *
 * Plan: the account's products are sorted; each is asked by primary key whether it has a state until the page is full;
 * then states, deployments and versions by primary key. `under_way` is one scan of the open deployments. Of a past
 * moment the deployment of each cell is one look-up in deployments_completed_idx. Nothing grows with history.
 */
export function readMatrix(
  accountId: string,
  filter: MatrixFilter,
  cut: PageCut,
  frozenNow: Date | null,
): BoundStatement {
  const parameters = new Parameters();
  const account = parameters.add(accountId, 'uuid');
  const now = `coalesce(${parameters.add(frozenNow, 'timestamptz')}, now())`;
  const at = filter.at === null ? null : parameters.add(filter.at, 'timestamptz');
  const moment = at === null ? now : `least(${at}, ${now})`;
  const shown = shownEnvironments(parameters, account, filter, at);
  const completed = `r.account_id = s.account_id AND r.environment_id = s.environment_id AND r.product_id = s.product_id
    AND r.status = 'completed' AND r.effective_completed_at <= ${moment}`;

  const products = [`p.account_id = ${account}`];
  if (!isAsked(filter.product)) products.push(isShown('p', at));
  if (filter.product !== null) products.push(`p.id IN (${productIds(parameters, account, filter.product)})`);
  if (cut.after !== null) {
    products.push(`(${sortKey('p')}, p.id) > (SELECT ${sortKey('c')}, c.id FROM products c
      WHERE c.account_id = ${account} AND c.id = ${parameters.add(cut.after.id, 'uuid')})`);
  }
  // A cell without anything in it is shown now, but is no part of a past that may not have known it.
  const filled = at === null ? '' : `AND (${at} >= ${now} OR EXISTS (SELECT FROM deployments r WHERE ${completed}))`;
  const text = `
WITH page AS MATERIALIZED (
  SELECT p.* FROM (
    SELECT p.*, ${sortKey('p')} AS key FROM products p WHERE ${products.join(' AND ')} ORDER BY key, p.id OFFSET 0) AS p
  WHERE (SELECT true FROM environment_states s
         WHERE s.account_id = ${account} AND s.product_id = p.id ${shown} ${filled} LIMIT 1)
  ORDER BY p.key, p.id LIMIT ${rowsRead(cut)}
),
under_way AS MATERIALIZED (
  SELECT d.product_id, d.environment_id, jsonb_agg(jsonb_build_object('deploymentId', d.id, 'version', v.version,
    'startedAt', coalesce(d.started_at, d.created_at), 'deployedBy', d.deployed_by)
    ORDER BY d.created_at DESC, d.id DESC) AS list
  FROM deployments d
  JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
  JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
  WHERE d.account_id = ${account} AND d.completed_at IS NULL AND d.status <> 'pending'
    AND NOT ${isStaleSql('e', now)} ${at === null ? '' : `AND ${at} >= ${now}`}
  GROUP BY d.product_id, d.environment_id
)
SELECT ${moment} AS moment, page.id AS "productId", page.name AS "productName", page.created_at AS "productCreatedAt",
  e.id AS "environmentId", e.name AS "environmentName", e.type AS "environmentType", e.position,
  d.version_id AS "versionId", v.version, d.id AS "deploymentId", d.effective_completed_at AS "deployedAt",
  d.deployed_by AS "deployedBy", coalesce(under_way.list, '[]') AS "inProgress"
FROM page
JOIN environment_states s ON s.account_id = ${account} AND s.product_id = page.id ${shown}
JOIN environments e ON e.account_id = ${account} AND e.id = s.environment_id
${
  at === null
    ? `LEFT JOIN deployments d ON d.account_id = ${account} AND d.id = s.deployment_id`
    : `LEFT JOIN LATERAL (SELECT r.* FROM deployments r WHERE ${completed}
    ORDER BY r.effective_completed_at DESC, r.id DESC LIMIT 1) AS d ON true`
}
LEFT JOIN versions v ON v.account_id = ${account} AND v.id = d.version_id
LEFT JOIN under_way ON under_way.product_id = page.id AND under_way.environment_id = e.id
${at === null ? '' : `WHERE d.id IS NOT NULL OR ${at} >= ${now}`}
ORDER BY page.key, page.id, e.position, e.name, e.id`;
  return { statement: { name: nameOf(filter, cut), text, readOnly: true }, values: parameters.values };
}

function nameOf({ product, environment, environmentType, at }: MatrixFilter, cut: PageCut): string {
  const narrowed = isNarrowed(product) || isNarrowed(environment) ? '' : null;
  const marks = [product && 'prod', environment && 'env', environmentType && 'type', at && 'at', narrowed];
  return statementName(
    'read_matrix',
    cut,
    marks.filter((mark) => mark !== null).map((name) => ({ name })),
  );
}

/** The condition that a product or environment is not archived, or was not at that moment. */
function isShown(thing: string, at: string | null): string {
  const since = at === null ? '' : ` OR ${thing}.archived_at > ${at}`;
  return `(${thing}.archived_at IS NULL${since})`;
}

/** The condition on the environment of a state `s`. */
function shownEnvironments(
  parameters: Parameters,
  account: string,
  { environment, environmentType }: MatrixFilter,
  at: string | null,
): string {
  const conditions: string[] = [];
  if (!isAsked(environment)) {
    conditions.push(`s.environment_id <> ALL (ARRAY(SELECT h.id FROM environments h
      WHERE h.account_id = ${account} AND NOT (${isShown('h', at)})))`);
  }
  if (environment !== null) {
    conditions.push(`s.environment_id = ANY (ARRAY(${environmentIds(parameters, account, environment)}))`);
  }
  if (environmentType !== null) {
    conditions.push(`s.environment_id = ANY (ARRAY(SELECT t.id FROM environments t
      WHERE t.account_id = ${account} AND t.type = ANY (${parameters.add(environmentType, 'text[]')})))`);
  }
  return conditions.map((condition) => `AND ${condition}`).join(' ');
}

/**
 * What ran in one cell, the latest effective completion first.
 * Plan: deployments_completed_idx from the cursor to the end of the page, and one look-up in it for each row's successor.
 */
export function readHistory(
  accountId: string,
  product: CatalogFilter,
  environment: CatalogFilter,
  cut: PageCut,
  frozenNow: Date | null,
): BoundStatement {
  const parameters = new Parameters();
  const account = parameters.add(accountId, 'uuid');
  const now = `coalesce(${parameters.add(frozenNow, 'timestamptz')}, now())`;
  const cursor =
    cut.after === null
      ? ''
      : `AND (d.effective_completed_at, d.id) < (${parameters.add(cut.after.createdAt, 'timestamptz')}, ${parameters.add(cut.after.id, 'uuid')})`;
  const text = `
SELECT ${now} AS now, d.id, d.effective_completed_at AS "createdAt", d.version_id AS "versionId", v.version,
  d.deployed_by AS "deployedBy", next.effective_completed_at AS "replacedAt"
FROM (${productIds(parameters, account, product)}) AS p
CROSS JOIN (${environmentIds(parameters, account, environment)}) AS e
CROSS JOIN LATERAL (
  SELECT d.* FROM deployments d
  WHERE d.account_id = ${account} AND d.environment_id = e.id AND d.product_id = p.id AND d.status = 'completed' ${cursor}
  ORDER BY d.effective_completed_at DESC, d.id DESC LIMIT ${rowsRead(cut)}) AS d
JOIN versions v ON v.account_id = ${account} AND v.id = d.version_id
LEFT JOIN LATERAL (
  SELECT r.effective_completed_at FROM deployments r
  WHERE r.account_id = ${account} AND r.environment_id = e.id AND r.product_id = p.id AND r.status = 'completed'
    AND (r.effective_completed_at, r.id) > (d.effective_completed_at, d.id)
  ORDER BY r.effective_completed_at, r.id LIMIT 1) AS next ON true
ORDER BY d.effective_completed_at DESC, d.id DESC LIMIT ${rowsRead(cut)}`;
  const rare = isNarrowed(product) || isNarrowed(environment) ? [{ name: '' }] : [];
  return {
    statement: { name: statementName('read_history', cut, rare), text, readOnly: true },
    values: parameters.values,
  };
}
