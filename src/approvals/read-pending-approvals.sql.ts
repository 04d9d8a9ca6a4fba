import { hideArchivedEnvironments, hideArchivedProducts } from '../catalog/hide-archived.sql.js';
import type { Statement } from '../database/database.js';
import { policyFactsInputColumns } from '../preflight/policy-facts.js';
import { cellHistoryColumns, policyFactsColumns, policyFactsLaterals } from '../preflight/policy-facts.sql.js';

/** So many attempts are looked at in one go. */
export const attemptsAtOnce = 200;
/** Versions shown, and counted, of those between what runs and what waits. */
const versionsShown = 20;
const versionsCounted = 1_000;

/** The enforced rules that ask for approvals: $1 account. Plan: the account's rules by their index. */
export const readApprovalRules: Statement = {
  name: 'read_approval_rules',
  readOnly: true,
  text: `
SELECT id, revision, name, message, type, status, config FROM deployment_rules
WHERE account_id = $1::uuid AND deleted_at IS NULL AND status = 'enabled' AND type IN ('approval', 'version_approval')
ORDER BY created_at, id`,
};

/**
 * The attempts of the last 30 days that were blocked by one of some rules, if nothing was tried after them with that
 * version in that environment; newest first. Nobody need approve what is archived.
 *
 * $1 account, $2 ids of rules, $3 a frozen `now` or null; for the next ones $4 and $5, time and id of the last one.
 *
 * Plan: for each rule its violations by their index on (account_id, rule_id, created_at DESC, id DESC), from the newest
 * on until enough attempts wait: for each the check by primary key, and the last attempt by the index on (account_id,
 * version_id, environment_id, checked_at DESC). What was tried again since is passed over, so where hardly anything waits,
 * the violations of the 30 days are walked. The laterals with their LIMIT hold the planner to that.
 */
const blockedAttempts = (name: string, older: string): Statement => ({
  name,
  readOnly: true,
  text: `
WITH moment AS MATERIALIZED (SELECT coalesce($3::timestamptz, clock_timestamp()) AS at)
SELECT c.id, c.checked_at AS "createdAt", c.product_id AS "productId", p.name AS "productName",
  c.version_id AS "versionId", v.version, c.environment_id AS "environmentId", e.name AS "environmentName",
  c."deployedBy", c."deployedByEmail", c."ruleIds"
FROM (
  SELECT DISTINCT ON (d.checked_at, d.id) d.* FROM (SELECT DISTINCT unnest($2::uuid[]) AS id) AS rule
  CROSS JOIN LATERAL (
    SELECT b.*, asking."ruleIds" FROM rule_violations r
    CROSS JOIN LATERAL (
      SELECT q.id, q.checked_at, q.product_id, q.version_id, q.environment_id, q.violations,
        q.attempt ->> 'deployed_by' AS "deployedBy", q.attempt ->> 'deployed_by_email' AS "deployedByEmail"
      FROM preflight_checks q
      WHERE q.account_id = $1::uuid AND q.id = r.preflight_check_id AND q.outcome = 'blocked'
        AND ${hideArchivedProducts('q.product_id', '$1::uuid', null)}
        AND ${hideArchivedEnvironments('q.environment_id', '$1::uuid', null)} LIMIT 1) b
    CROSS JOIN LATERAL (
      SELECT q.id FROM preflight_checks q
      WHERE q.account_id = $1::uuid AND q.version_id = b.version_id AND q.environment_id = b.environment_id
      ORDER BY q.checked_at DESC, q.id DESC LIMIT 1) latest
    CROSS JOIN LATERAL (
      SELECT array_agg(x ->> 'rule_id') AS "ruleIds" FROM jsonb_array_elements(b.violations) AS x
      WHERE x ->> 'status' = 'enabled' AND (x ->> 'rule_id')::uuid = ANY ($2::uuid[])) asking
    WHERE r.account_id = $1::uuid AND r.rule_id = rule.id
      AND r.created_at > (SELECT moment.at FROM moment) - interval '30 days'
      AND latest.id = b.id AND asking."ruleIds" IS NOT NULL ${older}
    ORDER BY r.created_at DESC, r.preflight_check_id DESC LIMIT ${attemptsAtOnce}) AS d
  ORDER BY d.checked_at DESC, d.id DESC LIMIT ${attemptsAtOnce}) AS c
CROSS JOIN LATERAL (SELECT * FROM products q WHERE q.account_id = $1::uuid AND q.id = c.product_id LIMIT 1) p
CROSS JOIN LATERAL (SELECT * FROM versions q WHERE q.account_id = $1::uuid AND q.id = c.version_id LIMIT 1) v
CROSS JOIN LATERAL (SELECT * FROM environments q WHERE q.account_id = $1::uuid AND q.id = c.environment_id LIMIT 1) e
ORDER BY c.checked_at DESC, c.id DESC`,
});

export const listBlockedAttempts = blockedAttempts('list_blocked_attempts', '');
export const listBlockedAttemptsAfter = blockedAttempts(
  'list_blocked_attempts_after',
  'AND r.created_at <= $4::timestamptz AND (b.checked_at, b.id) < ($4::timestamptz, $5::uuid)',
);

/**
 * What the checks of approvals need to know now about each of some versions in some environments, in their order.
 * $1 account, $2 JSON: [{i, product_id, version_id, environment_id, …what rules need}], $3 a frozen `now` or null.
 * Plan: as `policyFactsLaterals` and `cellHistoryColumns`.
 */
export const readApprovalFacts: Statement = {
  name: 'read_approval_facts',
  readOnly: true,
  text: `
WITH moment AS MATERIALIZED (SELECT coalesce($3::timestamptz, date_trunc('milliseconds', clock_timestamp())) AS at)
SELECT moment.at AS now, v.scm_sha AS version_sha, ${cellHistoryColumns}, ${policyFactsColumns}
FROM json_to_recordset($2::json) AS x(
  i int, product_id uuid, version_id uuid, environment_id uuid, ${policyFactsInputColumns})
CROSS JOIN moment
JOIN products p ON p.account_id = $1::uuid AND p.id = x.product_id
JOIN environments e ON e.account_id = $1::uuid AND e.id = x.environment_id
JOIN versions v ON v.account_id = $1::uuid AND v.id = x.version_id
${policyFactsLaterals}
ORDER BY x.i`,
};

/**
 * What somebody must know who is to approve: $1 account, $2 the ids of the attempts. At most 20 of the versions between
 * what runs there and what waits are shown, and at most 1,000 counted.
 *
 * Plan: primary keys; the newest build that has a link by the index on (version_id, created_at, id); the versions in
 * between by the index on (product_id, created_at DESC, id DESC), from the one to the other.
 */
export const readPendingDetails: Statement = {
  name: 'read_pending_details',
  readOnly: true,
  text: `
SELECT c.id, v.scm_sha AS "scmSha", v.scm_branch AS "scmBranch", v.scm_repository AS "scmRepository",
  build.build_url AS "buildUrl", e.type AS "environmentType", c.attempt ->> 'deployed_by_name' AS "deployedByName",
  c.attempt ->> 'deploy_url' AS "deployUrl",
  CASE WHEN d.id IS NOT NULL THEN json_build_object('deployment_id', d.id, 'version_id', r.id, 'version', r.version,
    'scm_sha', r.scm_sha, 'deployed_at', s.deployed_at, 'deployed_by', d.deployed_by) END AS running,
  span.goes_back AS "goesBack", coalesce(between_them.count, 0) AS "betweenCount",
  coalesce(between_them.list, '[]') AS between
FROM unnest($2::uuid[]) AS asked (id)
JOIN preflight_checks c ON c.account_id = $1::uuid AND c.id = asked.id
JOIN versions v ON v.account_id = $1::uuid AND v.id = c.version_id
JOIN environments e ON e.account_id = $1::uuid AND e.id = c.environment_id
LEFT JOIN LATERAL (
  SELECT b.build_url FROM builds b
  WHERE b.account_id = $1::uuid AND b.version_id = v.id AND b.build_url IS NOT NULL
  ORDER BY b.created_at DESC, b.id DESC LIMIT 1) build ON true
LEFT JOIN environment_states s ON s.account_id = $1::uuid AND s.product_id = c.product_id
  AND s.environment_id = c.environment_id
LEFT JOIN deployments d ON d.account_id = $1::uuid AND d.id = s.deployment_id
LEFT JOIN versions r ON r.account_id = $1::uuid AND r.id = d.version_id
CROSS JOIN LATERAL (SELECT (v.created_at, v.id) < (r.created_at, r.id) AS goes_back) span
LEFT JOIN LATERAL (
  SELECT count(*)::int AS count, json_agg(json_build_object('version_id', w.id, 'version', w.version,
    'scm_sha', w.scm_sha, 'created_at', w.created_at) ORDER BY w.n) FILTER (WHERE w.n <= ${versionsShown}) AS list
  FROM (
    SELECT y.*, row_number() OVER (ORDER BY y.created_at DESC, y.id DESC) AS n FROM versions y
    WHERE y.account_id = $1::uuid AND y.product_id = c.product_id
      AND (y.created_at, y.id) > (CASE WHEN span.goes_back THEN v.created_at ELSE r.created_at END,
                                  CASE WHEN span.goes_back THEN v.id ELSE r.id END)
      AND (y.created_at, y.id) < (CASE WHEN span.goes_back THEN r.created_at ELSE v.created_at END,
                                  CASE WHEN span.goes_back THEN r.id ELSE v.id END)
    ORDER BY y.created_at DESC, y.id DESC LIMIT ${versionsCounted}) w) between_them ON true`,
};
