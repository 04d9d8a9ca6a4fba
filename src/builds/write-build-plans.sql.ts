import { insertBatchAudit } from '../audit/batch-audit.js';
import { auditCreated } from '../catalog/audit-created.sql.js';
import { restoreArchived } from '../catalog/restore-archived.sql.js';
import { keepBatchAnswers } from '../common/http/keep-batch-answers.js';
import type { Statement } from '../database/database.js';

/** What a further event may change of a build. */
const foldedColumns = [
  'status',
  'source_system',
  'build_number',
  'invoke_id',
  'build_url',
  'scm_sha',
  'scm_branch',
  'scm_repository',
  'built_by',
  'built_by_email',
  'built_by_name',
  'error_message',
  'error_code',
  'started_at',
  'completed_at',
  'extra_metadata',
  'updated_at',
];
const buildColumns = ['id', 'product_id', 'version_id', 'created_at', ...foldedColumns];

/**
 * Writes what was decided for a batch of build events of one account, each alone: those whose facts have moved since
 * they were read are left out, and the service starts over with them. Answers the `i` of those that were written.
 *
 * $1 account, $2 plans, $3 builds, $4 events, $5 audit rows, $6 answers to keep under an idempotency key, $7 what is
 * new, and where something is brought back, $8 and $9 that (`restoreValues`): JSON arrays, the rows of $3…$7 carrying
 * the `i` of their plan.
 *
 * The gates, in an order that is the same for every batch (and that of write_event_plans), so that two batches never
 * wait for each other in a ring: new product names (ON CONFLICT DO NOTHING: who loses a race for a name starts over
 * and finds it), then the versions: INSERT … ON CONFLICT DO UPDATE … WHERE revision is the one of the facts. The
 * upsert waits for a writer under way and judges the row as that one leaves it, so of two decisions from the same
 * facts one alone is written; and of two plans for one version (it was named by an alias) the first alone is tried.
 * The SHAs of a version as they were are kept beside it: they are rows of that version, so its gate covers them.
 * One statement is one transaction: no session state, no lock that outlives it.
 */
const text = (alsoRestores: string) => `
WITH input AS MATERIALIZED (
  SELECT DISTINCT ON (x.product_id, x.version) x.* FROM json_to_recordset($2::json) AS x(
    i int, now timestamptz, product_id uuid, version_id uuid, version text, revision bigint, scm_sha text,
    is_other_commit boolean, sha_fixed_at timestamptz, scm_branch text, scm_repository text, updated_at timestamptz,
    new_product_key text, new_product_name text)
  ORDER BY x.product_id, x.version, x.i
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
gates AS (
  INSERT INTO versions AS v (account_id, id, product_id, version, scm_sha, sha_fixed_at, scm_branch, scm_repository,
    revision, created_at, updated_at)
  SELECT $1::uuid, x.version_id, x.product_id, x.version, x.scm_sha, x.sha_fixed_at, x.scm_branch, x.scm_repository,
    x.revision + 1, x.now, x.updated_at
  FROM input x
  WHERE x.new_product_key IS NULL OR x.product_id IN (SELECT product_id FROM named_products)
  ORDER BY x.product_id, x.version
  ON CONFLICT (account_id, product_id, version) DO UPDATE SET
    scm_sha = excluded.scm_sha, sha_fixed_at = excluded.sha_fixed_at, scm_branch = excluded.scm_branch,
    scm_repository = excluded.scm_repository, revision = excluded.revision, updated_at = excluded.updated_at
  WHERE v.id = excluded.id AND v.revision = excluded.revision - 1
  RETURNING v.id
),
written AS MATERIALIZED (
  SELECT x.i, x.now, x.version_id FROM input x JOIN gates ON gates.id = x.version_id
),
sha_rows AS (
  -- What a version was for less than a millisecond is no history.
  INSERT INTO version_shas (account_id, version_id, valid_from, scm_sha)
  SELECT $1::uuid, x.version_id, x.now, x.scm_sha FROM input x JOIN written w ON w.i = x.i WHERE x.is_other_commit
  ON CONFLICT (account_id, version_id, valid_from) DO UPDATE SET scm_sha = excluded.scm_sha
),
build_rows AS (
  INSERT INTO builds (account_id, ${buildColumns.join(', ')})
  SELECT $1::uuid, ${buildColumns.map((column) => `b.${column}`).join(', ')}
  FROM json_to_recordset($3::json) AS b(
    i int, id uuid, product_id uuid, version_id uuid, status text, source_system text, build_number text,
    invoke_id text, build_url text, scm_sha text, scm_branch text, scm_repository text, built_by text,
    built_by_email text, built_by_name text, error_message text, error_code text, started_at timestamptz,
    completed_at timestamptz, extra_metadata jsonb, created_at timestamptz, updated_at timestamptz)
  JOIN written w ON w.i = b.i
  ON CONFLICT (account_id, id) DO UPDATE SET ${foldedColumns.map((column) => `${column} = excluded.${column}`).join(', ')}
),
event_rows AS (
  INSERT INTO build_events (account_id, id, build_id, version_id, status, invoke_id, build_number, run_attempt,
    api_key_id, personal_access_token_id, payload, received_at)
  SELECT $1::uuid, v.id, v.build_id, w.version_id, v.status, v.invoke_id, v.build_number, v.run_attempt,
    v.api_key_id, v.personal_access_token_id, v.payload, w.now
  FROM json_to_recordset($4::json) AS v(
    i int, id uuid, build_id uuid, status text, invoke_id text, build_number text, run_attempt text,
    api_key_id uuid, personal_access_token_id uuid, payload jsonb)
  JOIN written w ON w.i = v.i
),
${alsoRestores}
audit_rows AS (${insertBatchAudit('$5')}${auditCreated('$7', 'SELECT product_id FROM named_products UNION ALL SELECT id FROM gates')}
),
answer_rows AS (${keepBatchAnswers('$6')}
)
SELECT i FROM written`;

export const writeBuildPlans: Statement = { name: 'write_build_plans', text: text('') };

/** As `writeBuildPlans`, for the few batches that bring something back: every part of a statement costs each event. */
export const writeBuildPlansThatRestore: Statement = {
  name: 'write_build_plans_that_restore',
  text: text(`${restoreArchived(['$8', '$9'], null)},`),
};
