import type { Statement } from '../database/database.js';

/** What ending a deployment from within the service needs to know: its row, its names, and the gate of its cell. */
const columns = `coalesce($3::timestamptz, date_trunc('milliseconds', clock_timestamp())) AS now,
       to_jsonb(d.*) AS deployment, p.name AS product_name, e.name AS environment_name, v.version,
       s.revision::float8 AS revision, s.deployment_id AS current_id, s.deployed_at AS current_deployed_at`;

const joins = `JOIN environment_states s ON s.account_id = d.account_id AND s.product_id = d.product_id
    AND s.environment_id = d.environment_id
  JOIN products p ON p.account_id = d.account_id AND p.id = d.product_id
  JOIN environments e ON e.account_id = d.account_id AND e.id = d.environment_id
  JOIN versions v ON v.account_id = d.account_id AND v.id = d.version_id`;

/** One deployment by its id. $1 account, $2 id, $3 a frozen `now` or null. Plan: primary keys. */
export const readDeploymentToEnd: Statement = {
  name: 'read_deployment_to_end',
  readOnly: true,
  text: `SELECT ${columns} FROM deployments d ${joins} WHERE d.account_id = $1::uuid AND d.id = $2::uuid`,
};

/**
 * Open deployments that are silent for too long. $1 account, $2 how many at most, $3 a frozen `now` or null.
 * Plan: deployments_open_idx, which holds the open ones alone.
 */
export const readStaleDeployments: Statement = {
  name: 'read_stale_deployments',
  readOnly: true,
  text: `SELECT ${columns} FROM deployments d ${joins}
WHERE d.account_id = $1::uuid AND d.completed_at IS NULL
  AND CASE d.status
      WHEN 'started' THEN e.stale_after_minutes > 0 AND d.last_event_at
        <= coalesce($3::timestamptz, clock_timestamp()) - e.stale_after_minutes * interval '1 minute'
      ELSE e.pending_stale_after_hours > 0 AND d.last_event_at
        <= coalesce($3::timestamptz, clock_timestamp()) - e.pending_stale_after_hours * interval '1 hour' END
ORDER BY d.product_id, d.environment_id, d.created_at LIMIT $2`,
};

/** The accounts, for work that goes through them one by one. */
export const readAccountIds: Statement = {
  name: 'read_account_ids',
  readOnly: true,
  text: 'SELECT id FROM accounts ORDER BY id',
};
