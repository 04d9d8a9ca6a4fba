import type { CatalogKind } from '../catalog-names.repository.js';

/*
 * What is erased of a product or environment, in an order in which nothing refers to what is gone. $1 account, $2 its
 * id. Every statement is a transaction of its own that removes `rowsAtOnce` rows at most, so that events of others wait
 * for none of them for long; it is run again until it finds nothing more.
 */

const rowsAtOnce = 1000;
/** Parents whose children are removed first, in statements of their own. */
const parentsAtOnce = 200;

/** One table's part. */
export interface EraseStep {
  /** The table, as progress and audit name it. */
  readonly table: string;
  /** What refers to the rows that `text` removes next, and goes before. */
  readonly children: readonly { readonly table: string; readonly text: string }[];
  readonly text: string;
}

/** Removes rows `d` of a table by a condition on the index of which they are found. */
function remove(table: string, condition: string, limit = rowsAtOnce): string {
  return `DELETE FROM ${table} x USING (SELECT d.id FROM ${table} d WHERE d.account_id = $1::uuid AND ${condition} LIMIT ${limit}) AS r
    WHERE x.account_id = $1::uuid AND x.id = r.id`;
}

/** Removes the rows of a table that refer to the next parents. */
function removeChildren(table: string, column: string, parents: string): string {
  return `DELETE FROM ${table} x USING (
      SELECT c.ctid AS row FROM (${parents}) AS parents JOIN ${table} c ON c.account_id = $1::uuid AND c.${column} = parents.id
      LIMIT ${rowsAtOnce}) AS r
    WHERE x.account_id = $1::uuid AND x.ctid = r.row`;
}

/** A table that is emptied of what belongs to the thing, with what refers to its rows. Plan: its index on (account_id, the thing, time, id). */
function step(
  table: string,
  of: string,
  time: string,
  children: readonly (readonly [string, string])[] = [],
): EraseStep {
  const next = `SELECT d.id FROM ${table} d WHERE d.account_id = $1::uuid AND d.${of} = $2::uuid
      ORDER BY d.${time} DESC, d.id DESC LIMIT ${parentsAtOnce}`;
  return {
    table,
    children: children.map(([child, column]) => ({ table: child, text: removeChildren(child, column, next) })),
    text:
      children.length === 0
        ? remove(table, `d.${of} = $2::uuid`)
        : `DELETE FROM ${table} x USING (${next}) AS r WHERE x.account_id = $1::uuid AND x.id = r.id`,
  };
}

/** A table without an id of its own, of few rows. */
function few(table: string, of: string): EraseStep {
  const text = `DELETE FROM ${table} x USING (
      SELECT d.ctid AS row FROM ${table} d WHERE d.account_id = $1::uuid AND d.${of} = $2::uuid LIMIT ${rowsAtOnce}) AS r
    WHERE x.account_id = $1::uuid AND x.ctid = r.row`;
  return { table, children: [], text };
}

/** What both kinds have. */
const history = (of: string): EraseStep[] => [
  step('preflight_overrides', of, 'created_at'),
  step('rule_violations', of, 'created_at'),
  step('preflight_checks', of, 'checked_at', [
    ['rule_violations', 'preflight_check_id'],
    ['deployment_events', 'preflight_check_id'],
  ]),
  step('deployments', of, 'created_at', [['deployment_events', 'deployment_id']]),
];

/** Nothing is deployed any more: the states let go of the deployments. */
export const releaseStates: Readonly<Record<CatalogKind, string>> = {
  product: release('product_id'),
  environment: release('environment_id'),
};

function release(of: string): string {
  return `UPDATE environment_states SET deployment_id = NULL, deployed_at = NULL
    WHERE account_id = $1::uuid AND ${of} = $2::uuid AND deployment_id IS NOT NULL`;
}

export const eraseSteps: Readonly<Record<CatalogKind, readonly EraseStep[]>> = {
  product: [
    ...history('product_id'),
    step('builds', 'product_id', 'created_at', [['build_events', 'build_id']]),
    step('versions', 'product_id', 'created_at', [
      ['deployment_events', 'version_id'],
      ['build_events', 'version_id'],
      ['approvals', 'version_id'],
      ['version_shas', 'version_id'],
    ]),
    few('environment_states', 'product_id'),
    few('feed_tokens', 'product_id'),
    few('product_names', 'product_id'),
  ],
  environment: [
    ...history('environment_id'),
    {
      // Events that retention has left without their checks.
      table: 'deployment_events',
      children: [],
      text: `DELETE FROM deployment_events x USING (
          SELECT c.id FROM environment_states s
          JOIN versions v ON v.account_id = $1::uuid AND v.product_id = s.product_id
          JOIN deployment_events c ON c.account_id = $1::uuid AND c.version_id = v.id AND c.environment_id = $2::uuid
          WHERE s.account_id = $1::uuid AND s.environment_id = $2::uuid LIMIT ${rowsAtOnce}) AS r
        WHERE x.account_id = $1::uuid AND x.id = r.id`,
    },
    few('approvals', 'environment_id'),
    few('environment_states', 'environment_id'),
    few('feed_tokens', 'environment_id'),
    few('environment_types', 'environment_id'),
    few('environment_names', 'environment_id'),
  ],
};
