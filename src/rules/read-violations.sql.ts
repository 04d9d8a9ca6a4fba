import { type CatalogFilter, environmentIds } from '../catalog/catalog-filter.js';
import { productWay } from '../catalog/catalog-ways.sql.js';
import { newestFirst, type PageCut, statementName, type Way } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';

/** The filters of the list of violations; null where one is absent. */
export interface RuleViolationFilter {
  readonly rule: CatalogFilter | null;
  readonly product: CatalogFilter | null;
  readonly environment: CatalogFilter | null;
  readonly code: readonly string[] | null;
}

const account = '$1::uuid';

/**
 * One page of violations, newest first, with what was recorded of each: the columns of RuleViolationView.
 * Plan: `newestFirst` on the index of the filter that narrows most, then primary keys.
 */
export function listViolations(
  accountId: string,
  { rule, product, environment, code }: RuleViolationFilter,
  cut: PageCut,
): BoundStatement {
  const parameters = new Parameters();
  parameters.add(accountId, 'uuid');
  const ways: Way[] = [];
  if (rule !== null) ways.push(ruleWay(parameters, rule));
  if (product !== null) ways.push(productWay(parameters, account, product));
  if (environment !== null) ways.push(environmentWay(parameters, environment));
  if (code !== null) ways.push(codeWay(parameters, code));
  const rows = newestFirst(parameters, cut, { table: 'rule_violations', account, ways });
  const text = `
SELECT d.id, d.created_at AS "createdAt", d.preflight_check_id AS "preflightCheckId", d.product_id AS "productId",
  p.name AS "productName", c.version_id AS "versionId", v.version, d.environment_id AS "environmentId",
  e.name AS "environmentName", c.checked_at AS "checkedAt", c.violations -> d.n AS violation
FROM (${rows}) AS d
JOIN preflight_checks c ON c.account_id = d.account_id AND c.id = d.preflight_check_id
JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
JOIN versions v ON v.account_id = d.account_id AND v.id = c.version_id
JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
ORDER BY d.created_at DESC, d.id DESC`;
  return {
    statement: { name: statementName('list_violations', cut, ways), text, readOnly: true },
    values: parameters.values,
  };
}

/** By the rules that are called so, or were when they were deleted, or have this id: an account has a few hundred. */
function ruleWay(parameters: Parameters, { nameKeys, ids }: CatalogFilter): Way {
  const found = () =>
    `SELECT r.id FROM deployment_rules r WHERE r.account_id = ${account}
      AND (r.name_key = ANY (${parameters.add(nameKeys, 'text[]')}) OR r.id = ANY (${parameters.add(ids, 'uuid[]')}))`;
  return {
    name: 'rule',
    fetch: 'rows',
    by: () => ({ keys: found(), on: 'd.rule_id = k.id' }),
    demand: () => `d.rule_id = ANY (ARRAY(${found()}))`,
  };
}

function environmentWay(parameters: Parameters, filter: CatalogFilter): Way {
  return {
    name: 'env',
    fetch: 'rows',
    by: () => ({ keys: environmentIds(parameters, account, filter), on: 'd.environment_id = k.id' }),
    demand: () => `d.environment_id = ANY (ARRAY(${environmentIds(parameters, account, filter)}))`,
  };
}

function codeWay(parameters: Parameters, codes: readonly string[]): Way {
  const values = () => parameters.add(codes, 'text[]');
  return {
    name: 'code',
    fetch: 'rows',
    by: () => ({ keys: `SELECT DISTINCT unnest(${values()}) AS code`, on: 'd.code = k.code' }),
    demand: () => `d.code = ANY (${values()})`,
  };
}
