import type { CatalogFilter } from '../catalog/catalog-filter.js';
import { environmentWay, productWay, versionWay } from '../catalog/catalog-ways.sql.js';
import type { Statement } from '../database/database.js';
import { newestFirst, type PageCut, statementName, type Way } from '../database/newest-first.sql.js';
import { type BoundStatement, Parameters } from '../database/parameters.js';

/** The filters of the record of attempts; null where one is absent. */
export interface PreflightCheckFilter {
  readonly product: CatalogFilter | null;
  readonly environment: CatalogFilter | null;
  readonly version: readonly string[] | null;
  readonly code: readonly string[] | null;
  readonly allowed: boolean | null;
}

const account = '$1::uuid';

/** Recorded checks `d` with the names that they refer to, newest first: the columns of PreflightCheckView, and more. */
const viewOf = (rows: string, more = '') => `
SELECT d.id, d.checked_at AS "createdAt", d.outcome, d.status_code AS "statusCode", d.code, d.message,
  d.retry_after AS "retryAfter", d.product_id AS "productId", p.name AS "productName", d.version_id AS "versionId",
  v.version, d.environment_id AS "environmentId", e.name AS "environmentName", d.deployment_id AS "deploymentId",
  d.invoke_id AS "invokeId", d.deployed_by AS "deployedBy", d.attempt ->> 'deployed_by_email' AS "deployedByEmail",
  d.attempt ->> 'deployed_by_name' AS "deployedByName", d.policy_revision::float8 AS "policyRevision", d.violations,
  d.rules_evaluated AS "rulesEvaluated"${more}
FROM (${rows}) AS d
JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
ORDER BY d.checked_at DESC, d.id DESC`;

/**
 * One recorded check with its facts, and its rules at the revisions that decided it, in their order: $1 account, $2 its id.
 * Plan: primary keys, one look-up for each rule.
 */
export const readPreflightCheck: Statement = {
  name: 'read_preflight_check',
  readOnly: true,
  text: viewOf(
    `SELECT * FROM preflight_checks WHERE account_id = ${account} AND id = $2::uuid`,
    `, d.facts, coalesce((
    SELECT json_agg(json_build_object('ruleId', r.rule_id, 'revision', r.revision, 'definition', r.definition) ORDER BY x.n)
    FROM jsonb_array_elements(d.facts -> 'rules') WITH ORDINALITY AS x (stood, n)
    JOIN deployment_rule_revisions r ON r.account_id = ${account} AND r.rule_id = (x.stood ->> 'rule_id')::uuid
      AND r.revision = (x.stood ->> 'revision')::int), '[]') AS rules`,
  ),
};

/**
 * One page of the record of attempts, newest first.
 *
 * Plan: `newestFirst` on the index of the filter that narrows most, then primary keys. Of one version there are few
 * checks, but a thousand products may have one of that name: preflight_checks_version_idx has their ids and times in itself.
 */
export function listPreflightChecks(accountId: string, filter: PreflightCheckFilter, cut: PageCut): BoundStatement {
  const parameters = new Parameters();
  parameters.add(accountId, 'uuid');
  const ways = waysOf(filter, parameters);
  const rows = newestFirst(parameters, cut, { table: 'preflight_checks', account, ways, time: 'checked_at' });
  return {
    statement: { name: statementName('list_preflight_checks', cut, ways), text: viewOf(rows), readOnly: true },
    values: parameters.values,
  };
}

/** The ways of the filters given, the narrowest first. */
function waysOf({ product, environment, version, code, allowed }: PreflightCheckFilter, parameters: Parameters): Way[] {
  const ways: Way[] = [];
  if (version !== null) ways.push({ ...versionWay(parameters, account, version, product), fetch: 'few' });
  if (product !== null) ways.push(productWay(parameters, account, product));
  if (code !== null) ways.push(codeWay(parameters, code));
  if (environment !== null) ways.push(environmentWay(parameters, account, environment));
  if (allowed !== null) {
    const outcomes = `d.outcome ${allowed ? 'NOT IN' : 'IN'} ('blocked', 'failed')`;
    const name = allowed ? 'may' : 'not';
    ways.push({ name, fetch: 'rows', by: () => ({ keys: 'SELECT', on: outcomes }), demand: () => outcomes });
  }
  return ways;
}

function codeWay(parameters: Parameters, codes: readonly string[]): Way {
  const values = () => parameters.add([...new Set(codes)], 'text[]');
  return {
    name: 'code',
    fetch: 'rows',
    by: () => ({ keys: `SELECT unnest(${values()}) AS code`, on: 'd.code = k.code' }),
    demand: () => `d.code = ANY (${values()})`,
  };
}
