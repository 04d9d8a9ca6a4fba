import { insertBatchAudit } from '../audit/batch-audit.js';
import { auditCreated } from '../catalog/audit-created.sql.js';
import { restoreArchived } from '../catalog/restore-archived.sql.js';
import { keepBatchAnswers } from '../common/http/keep-batch-answers.js';
import type { Statement } from '../database/database.js';

const deploymentColumns = `id, product_id, version_id, environment_id, status, end_reason, source_system, build_number,
  build_url, deploy_url, invoke_id, scm_sha, scm_branch, scm_repository, deployed_by, deployed_by_email,
  deployed_by_name, preflight_status, started_at, completed_at, start_received_at, last_event_at,
  effective_completed_at, extra_metadata, created_at, updated_at`;

/** What a further event may change of a deployment. */
const foldedColumns = [
  'status',
  'end_reason',
  'source_system',
  'build_number',
  'build_url',
  'deploy_url',
  'invoke_id',
  'scm_sha',
  'scm_branch',
  'scm_repository',
  'deployed_by',
  'deployed_by_email',
  'deployed_by_name',
  'preflight_status',
  'started_at',
  'completed_at',
  'start_received_at',
  'last_event_at',
  'effective_completed_at',
  'extra_metadata',
  'updated_at',
];

/**
 * Writes what was decided for a batch of events of one account, each alone: those whose facts have moved since they
 * were read are left out, and the service starts over with them. Answers the `i` of those that were written.
 *
 * $1 account, $2 plans, $3 deployments, $4 pre-flight checks, $5 events, $6 audit rows, $7 answers to keep under an
 * idempotency key, $8 where violations are found by their rules, $9 what is new, and where something is brought back, $10
 * and $11 that (`restoreValues`): JSON arrays, the rows of $3…$9 carrying the `i` of their plan.
 *
 * The gates, in an order that is the same for every batch, so that two batches never wait for each other in a ring:
 * new names (ON CONFLICT DO NOTHING: who loses a race for a name starts over and finds it), then overrides, then the environment's
 * gate where a scope spans products, then the cell: INSERT … ON CONFLICT DO UPDATE … WHERE revision is the one of the
 * facts. The upsert waits for a writer under way and judges the row as that one leaves it, so of two decisions from
 * the same facts one alone is written. A refusal moves no cell and needs no gate: it was true when its facts were read.
 * The policy revision, the version's and those of the other cells that counted are compared in this statement's own
 * snapshot. An override is locked before the cell, and spent only where the cell was won.
 * One statement is one transaction: no session state, no lock that outlives it.
 */
const text = (alsoRestores: string) => `
WITH input AS MATERIALIZED (
  SELECT x.* FROM json_to_recordset($2::json) AS x(
    i int, now timestamptz, product_id uuid, environment_id uuid, version_id uuid, revision bigint,
    gated boolean, policy_revision bigint, start_revision bigint, restores_environment boolean, deployment_id uuid, deployed_at timestamptz,
    version_revision bigint, watched jsonb, override_id uuid, override_check_id uuid,
    new_product_key text, new_product_name text, new_environment_key text, new_environment_name text,
    new_environment_type text, new_environment_position int, new_version text)
),
named_products AS (
  INSERT INTO product_names (account_id, name_key, product_id, name, created_at)
  SELECT DISTINCT ON (new_product_key) $1::uuid, new_product_key, product_id, new_product_name, now
  FROM input WHERE new_product_key IS NOT NULL ORDER BY new_product_key
  ON CONFLICT DO NOTHING RETURNING product_id, name, created_at
),
new_products AS (
  INSERT INTO products (account_id, id, name, created_at, updated_at)
  SELECT $1::uuid, product_id, name, created_at, created_at FROM named_products
),
named_environments AS (
  INSERT INTO environment_names (account_id, name_key, environment_id, name, created_at)
  SELECT DISTINCT ON (new_environment_key) $1::uuid, new_environment_key, environment_id, new_environment_name, now
  FROM input WHERE new_environment_key IS NOT NULL ORDER BY new_environment_key
  ON CONFLICT DO NOTHING RETURNING environment_id, name, created_at
),
new_environments AS (
  INSERT INTO environments (account_id, id, name, type, position, created_at, updated_at)
  SELECT DISTINCT ON (n.environment_id) $1::uuid, n.environment_id, n.name, x.new_environment_type,
         x.new_environment_position, n.created_at, n.created_at
  FROM named_environments n JOIN input x ON x.environment_id = n.environment_id
  RETURNING id, type, created_at
),
new_environment_types AS (
  INSERT INTO environment_types (account_id, environment_id, valid_from, type)
  SELECT $1::uuid, id, created_at, type FROM new_environments
),
new_versions AS (
  INSERT INTO versions (account_id, id, product_id, version, created_at, updated_at)
  SELECT DISTINCT ON (product_id, new_version) $1::uuid, version_id, product_id, new_version, now, now
  FROM input
  WHERE new_version IS NOT NULL
    AND (new_product_key IS NULL OR product_id IN (SELECT product_id FROM named_products))
  ORDER BY product_id, new_version
  ON CONFLICT DO NOTHING RETURNING id
),
ready AS MATERIALIZED (
  SELECT x.* FROM input x JOIN accounts a ON a.id = $1::uuid
  WHERE (x.policy_revision IS NULL OR x.policy_revision = a.policy_revision)
    AND (x.new_product_key IS NULL OR x.product_id IN (SELECT product_id FROM named_products))
    AND (x.new_environment_key IS NULL OR x.environment_id IN (SELECT environment_id FROM named_environments))
    AND (x.new_version IS NULL OR x.version_id IN (SELECT id FROM new_versions))
    AND (x.version_revision IS NULL OR x.version_revision = (
      SELECT v.revision FROM versions v WHERE v.account_id = $1::uuid AND v.id = x.version_id))
    AND (x.watched IS NULL OR NOT EXISTS (
      SELECT FROM jsonb_to_recordset(x.watched) AS w(environment_id uuid, revision bigint)
      JOIN environment_states s ON s.account_id = $1::uuid AND s.product_id = x.product_id
        AND s.environment_id = w.environment_id
      WHERE s.revision <> w.revision))
),
held_overrides AS MATERIALIZED (
  SELECT o.id FROM preflight_overrides o
  WHERE o.account_id = $1::uuid AND o.id IN (SELECT override_id FROM ready)
    AND o.used_at IS NULL AND o.revoked_at IS NULL
  ORDER BY o.id FOR NO KEY UPDATE
),
opened_gates AS (
  UPDATE environments e SET start_revision = e.start_revision + 1,
    -- A row is changed once by a statement: where its gate opens, what is archived comes back with it.
    archived_at = CASE WHEN x.restores_environment THEN NULL ELSE e.archived_at END,
    updated_at = CASE WHEN x.restores_environment THEN x.now ELSE e.updated_at END
  FROM ready x
  WHERE x.start_revision IS NOT NULL AND e.account_id = $1::uuid AND e.id = x.environment_id
    AND e.start_revision = x.start_revision
  RETURNING e.id, x.restores_environment
),
tried AS MATERIALIZED (
  -- Of several plans for one cell the first alone is tried: it moves the cell under the others.
  SELECT DISTINCT ON (x.product_id, x.environment_id) x.* FROM ready x
  WHERE x.gated AND (x.start_revision IS NULL OR x.environment_id IN (SELECT id FROM opened_gates))
    AND (x.override_id IS NULL OR x.override_id IN (SELECT id FROM held_overrides))
  ORDER BY x.product_id, x.environment_id, x.i
),
cells AS (
  INSERT INTO environment_states AS s
    (account_id, product_id, environment_id, revision, deployment_id, deployed_at, updated_at)
  SELECT $1::uuid, product_id, environment_id, revision + 1, deployment_id, deployed_at, now
  FROM tried ORDER BY product_id, environment_id
  ON CONFLICT (account_id, product_id, environment_id) DO UPDATE SET
    revision = excluded.revision, deployment_id = excluded.deployment_id, deployed_at = excluded.deployed_at,
    updated_at = excluded.updated_at
  WHERE s.revision = excluded.revision - 1
  RETURNING s.product_id, s.environment_id
),
written AS MATERIALIZED (
  SELECT x.i, x.now, x.product_id, x.environment_id, x.version_id FROM tried x JOIN cells USING (product_id, environment_id)
  UNION ALL
  SELECT x.i, x.now, x.product_id, x.environment_id, x.version_id FROM ready x WHERE NOT x.gated
),
deployment_rows AS (
  INSERT INTO deployments (account_id, ${deploymentColumns})
  SELECT $1::uuid, ${deploymentColumns.replaceAll(/(\w+)/g, 'd.$1')}
  FROM json_to_recordset($3::json) AS d(
    i int, id uuid, product_id uuid, version_id uuid, environment_id uuid, status text, end_reason text,
    source_system text, build_number text, build_url text, deploy_url text, invoke_id text, scm_sha text,
    scm_branch text, scm_repository text, deployed_by text, deployed_by_email text, deployed_by_name text,
    preflight_status text, started_at timestamptz, completed_at timestamptz, start_received_at timestamptz,
    last_event_at timestamptz, effective_completed_at timestamptz, extra_metadata jsonb, created_at timestamptz,
    updated_at timestamptz)
  JOIN written w ON w.i = d.i
  ON CONFLICT (account_id, id) DO UPDATE SET ${foldedColumns.map((column) => `${column} = excluded.${column}`).join(', ')}
),
check_rows AS (
  INSERT INTO preflight_checks (account_id, id, product_id, version_id, environment_id, deployment_id, outcome,
    status_code, code, message, retry_after, invoke_id, api_key_id, personal_access_token_id, deployed_by,
    policy_revision, violations, rules_evaluated, facts, attempt, checked_at)
  SELECT $1::uuid, c.id, w.product_id, w.version_id, w.environment_id, c.deployment_id, c.outcome,
    c.status_code, c.code, c.message, c.retry_after, c.invoke_id, c.api_key_id, c.personal_access_token_id,
    c.deployed_by, c.policy_revision, c.violations, c.rules_evaluated, c.facts, c.attempt, w.now
  FROM json_to_recordset($4::json) AS c(
    i int, id uuid, deployment_id uuid, outcome text, status_code int, code text, message text,
    retry_after timestamptz, invoke_id text, api_key_id uuid, personal_access_token_id uuid, deployed_by text,
    policy_revision bigint, violations jsonb, rules_evaluated jsonb, facts jsonb, attempt jsonb)
  JOIN written w ON w.i = c.i
),
event_rows AS (
  INSERT INTO deployment_events (account_id, id, deployment_id, preflight_check_id, version_id, environment_id, type,
    status, invoke_id, run_attempt, api_key_id, personal_access_token_id, payload, received_at)
  SELECT $1::uuid, v.id, v.deployment_id, v.preflight_check_id, v.version_id, w.environment_id, v.type,
    v.status, v.invoke_id, v.run_attempt, v.api_key_id, v.personal_access_token_id, v.payload, w.now
  FROM json_to_recordset($5::json) AS v(
    i int, id uuid, deployment_id uuid, preflight_check_id uuid, version_id uuid, type text, status text, invoke_id text,
    run_attempt text, api_key_id uuid, personal_access_token_id uuid, payload jsonb)
  JOIN written w ON w.i = v.i
),
violation_rows AS (
  INSERT INTO rule_violations (account_id, id, preflight_check_id, n, rule_id, product_id, environment_id, code, created_at)
  SELECT $1::uuid, r.id, r.preflight_check_id, r.n, r.rule_id, w.product_id, w.environment_id, r.code, w.now
  FROM json_to_recordset($8::json) AS r(i int, id uuid, preflight_check_id uuid, n int, rule_id uuid, code text)
  JOIN written w ON w.i = r.i
),
spent_overrides AS (
  UPDATE preflight_overrides o SET used_at = x.now, preflight_check_id = x.override_check_id
  FROM input x JOIN written w ON w.i = x.i
  WHERE o.account_id = $1::uuid AND o.id = x.override_id
),
${auditCreated(
  '$9',
  `SELECT product_id FROM named_products UNION ALL SELECT environment_id FROM named_environments
  UNION ALL SELECT id FROM new_versions`,
)},
${alsoRestores}
audit_rows AS (${insertBatchAudit('$6')}),
answer_rows AS (${keepBatchAnswers('$7')})
SELECT i FROM written`;

export const writeEventPlans: Statement = { name: 'write_event_plans', text: text('') };

/** As `writeEventPlans`, for the few batches that bring something back: every part of a statement costs each event. */
export const writeEventPlansThatRestore: Statement = {
  name: 'write_event_plans_that_restore',
  text: text(`${restoreArchived(['$10', '$11'], 'SELECT id FROM opened_gates WHERE restores_environment')},`),
};
