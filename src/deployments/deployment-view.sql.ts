import { shownStatusSql } from './shown-status.sql.js';

/**
 * SQL of deployments with the names they refer to and the completion that replaced them, newest first: the columns of
 * DeploymentView, and `now`. $1 is the account.
 *
 * Plan: primary keys for the names; for each completed row one look-up in deployments_completed_idx.
 */
export function deploymentViewSql(rows: string, now: string): string {
  return `
SELECT ${now} AS now, d.id, d.product_id AS "productId", p.name AS "productName", d.version_id AS "versionId", v.version,
  d.environment_id AS "environmentId", e.name AS "environmentName", ${shownStatusSql(now)} AS status,
  d.started_at AS "startedAt", d.completed_at AS "completedAt", d.effective_completed_at AS "effectiveCompletedAt",
  next.effective_completed_at AS "replacedAt", d.deployed_by AS "deployedBy", d.deployed_by_email AS "deployedByEmail",
  d.deployed_by_name AS "deployedByName", d.source_system AS "sourceSystem", d.build_number AS "buildNumber",
  d.build_url AS "buildUrl", d.deploy_url AS "deployUrl", d.invoke_id AS "invokeId", d.scm_sha AS "scmSha",
  d.scm_branch AS "scmBranch", d.scm_repository AS "scmRepository", d.preflight_status AS "preflightStatus",
  d.extra_metadata AS "extraMetadata", d.created_at AS "createdAt", d.updated_at AS "updatedAt"
FROM (${rows}) AS d
JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id
JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
LEFT JOIN LATERAL (
  SELECT r.effective_completed_at FROM deployments r
  WHERE d.status = 'completed' AND r.account_id = $1::uuid AND r.environment_id = d.environment_id
    AND r.product_id = d.product_id AND r.status = 'completed'
    AND (r.effective_completed_at, r.id) > (d.effective_completed_at, d.id)
  ORDER BY r.effective_completed_at, r.id LIMIT 1) AS next ON true
ORDER BY d.created_at DESC, d.id DESC`;
}
