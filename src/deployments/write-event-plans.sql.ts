import { insertBatchAudit } from '../audit/batch-audit.js';
import { auditCreated } from '../catalog/audit-created.sql.js';
import { restoreArchived } from '../catalog/restore-archived.sql.js';
import { keepBatchAnswers } from '../common/http/keep-batch-answers.js';
import type { Statement } from '../database/database.js';
import { newNames } from './new-names.sql.js';

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

/** Overrides, then the gates of environments where a scope spans products. */
const gates = `
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
),`;

/**
 * What a batch writes beside what every event does. To start a part costs each execution, whether any of its plans needs
 * it or not, so there are statements for the batches that do without.
 */
export interface WriteParts {
  /** New versions, and pre-flight checks: what starts bring. */
  readonly starts: boolean;
  /** Verdicts that depend on rules: what they counted, what they found, and refusals, which move no cell. */
  readonly rules: boolean;
  /** Answers to keep under an idempotency key. */
  readonly answers: boolean;
  /** New products and environments, gates of environments, overrides; with everything above. */
  readonly everything: boolean;
  /** What is brought back from the archive; with everything above. */
  readonly restores: boolean;
}

/** The values that a statement takes behind the account, all JSON arrays: see `writeEventPlans`. */
export type WriteValue =
  | 'plans'
  | 'deployments'
  | 'checks'
  | 'events'
  | 'audits'
  | 'created'
  | 'violations'
  | 'answers'
  | 'restores'
  | 'restoreAudits';

/** A statement, and its values in their order. */
export interface WriteStatement {
  readonly statement: Statement;
  readonly values: readonly WriteValue[];
}

function compose(name: string, parts: WriteParts): WriteStatement {
  const { starts, rules, answers, everything, restores } = parts;
  const values: WriteValue[] = [];
  const value = (named: WriteValue) => `$${values.push(named) + 1}`;
  const when = (wanted: boolean, part: () => string) => (wanted ? part() : '');
  const made = [
    ...(everything ? ['SELECT product_id FROM named_products', 'SELECT environment_id FROM named_environments'] : []),
    'SELECT id FROM new_versions',
  ].join(' UNION ALL ');

  const text = `
WITH input AS MATERIALIZED (
  SELECT x.* FROM json_to_recordset(${value('plans')}::json) AS x(
    i int, now timestamptz, product_id uuid, environment_id uuid, version_id uuid, revision bigint,
    policy_revision bigint, deployment_id uuid, deployed_at timestamptz${when(
      starts,
      () => ', new_version text',
    )}${when(rules, () => ', gated boolean, version_revision bigint, watched jsonb')}${when(
      everything,
      () => `, start_revision bigint, restores_environment boolean, override_id uuid, override_check_id uuid,
    new_product_key text, new_product_name text, new_environment_key text, new_environment_name text,
    new_environment_type text, new_environment_position int`,
    )})
),${when(everything, () => `${newNames},`)}${when(
    starts,
    () => `
new_versions AS (
  INSERT INTO versions (account_id, id, product_id, version, created_at, updated_at)
  SELECT DISTINCT ON (product_id, new_version) $1::uuid, version_id, product_id, new_version, now, now
  FROM input
  WHERE new_version IS NOT NULL${when(
    everything,
    () => `
    AND (new_product_key IS NULL OR product_id IN (SELECT product_id FROM named_products))`,
  )}
  ORDER BY product_id, new_version
  ON CONFLICT DO NOTHING RETURNING id
),`,
  )}
ready AS (
  SELECT x.* FROM input x JOIN accounts a ON a.id = $1::uuid
  WHERE (x.policy_revision IS NULL OR x.policy_revision = a.policy_revision)${when(
    starts,
    () => `
    AND (x.new_version IS NULL OR x.version_id IN (SELECT id FROM new_versions))`,
  )}${when(
    everything,
    () => `
    AND (x.new_product_key IS NULL OR x.product_id IN (SELECT product_id FROM named_products))
    AND (x.new_environment_key IS NULL OR x.environment_id IN (SELECT environment_id FROM named_environments))`,
  )}${when(
    rules,
    () => `
    AND (x.version_revision IS NULL OR x.version_revision = (
      SELECT v.revision FROM versions v WHERE v.account_id = $1::uuid AND v.id = x.version_id))
    AND (x.watched IS NULL OR NOT EXISTS (
      SELECT FROM jsonb_to_recordset(x.watched) AS w(environment_id uuid, revision bigint)
      JOIN environment_states s ON s.account_id = $1::uuid AND s.product_id = x.product_id
        AND s.environment_id = w.environment_id
      WHERE s.revision <> w.revision))`,
  )}
),${when(everything, () => gates)}
tried AS MATERIALIZED (
  -- Of several plans for one cell the first alone is tried: it moves the cell under the others.
  SELECT DISTINCT ON (x.product_id, x.environment_id) x.i, x.now, x.product_id, x.environment_id, x.version_id,
    x.revision, x.deployment_id, x.deployed_at
  FROM ready x
  WHERE ${rules ? 'x.gated' : 'true'}${when(
    everything,
    () => ` AND (x.start_revision IS NULL OR x.environment_id IN (SELECT id FROM opened_gates))
    AND (x.override_id IS NULL OR x.override_id IN (SELECT id FROM held_overrides))`,
  )}
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
  SELECT x.i, x.now, x.product_id, x.environment_id, x.version_id
  FROM tried x JOIN cells USING (product_id, environment_id)${when(
    rules,
    () => `
  UNION ALL
  SELECT x.i, x.now, x.product_id, x.environment_id, x.version_id FROM ready x WHERE NOT x.gated`,
  )}
),
deployment_rows AS (
  INSERT INTO deployments (account_id, ${deploymentColumns})
  SELECT $1::uuid, ${deploymentColumns.replaceAll(/(\w+)/g, 'd.$1')}
  FROM json_to_recordset(${value('deployments')}::json) AS d(
    i int, id uuid, product_id uuid, version_id uuid, environment_id uuid, status text, end_reason text,
    source_system text, build_number text, build_url text, deploy_url text, invoke_id text, scm_sha text,
    scm_branch text, scm_repository text, deployed_by text, deployed_by_email text, deployed_by_name text,
    preflight_status text, started_at timestamptz, completed_at timestamptz, start_received_at timestamptz,
    last_event_at timestamptz, effective_completed_at timestamptz, extra_metadata jsonb, created_at timestamptz,
    updated_at timestamptz)
  JOIN written w ON w.i = d.i
  ON CONFLICT (account_id, id) DO UPDATE SET ${foldedColumns.map((column) => `${column} = excluded.${column}`).join(', ')}
),${when(
    starts,
    () => `
check_rows AS (
  INSERT INTO preflight_checks (account_id, id, product_id, version_id, environment_id, deployment_id, outcome,
    status_code, code, message, retry_after, invoke_id, api_key_id, personal_access_token_id, deployed_by,
    policy_revision, violations, rules_evaluated, facts, attempt, checked_at)
  SELECT $1::uuid, c.id, w.product_id, w.version_id, w.environment_id, c.deployment_id, c.outcome,
    c.status_code, c.code, c.message, c.retry_after, c.invoke_id, c.api_key_id, c.personal_access_token_id,
    c.deployed_by, c.policy_revision, c.violations, c.rules_evaluated, c.facts, c.attempt, w.now
  FROM json_to_recordset(${value('checks')}::json) AS c(
    i int, id uuid, deployment_id uuid, outcome text, status_code int, code text, message text,
    retry_after timestamptz, invoke_id text, api_key_id uuid, personal_access_token_id uuid, deployed_by text,
    policy_revision bigint, violations jsonb, rules_evaluated jsonb, facts jsonb, attempt jsonb)
  JOIN written w ON w.i = c.i
),`,
  )}
event_rows AS (
  INSERT INTO deployment_events (account_id, id, deployment_id, preflight_check_id, version_id, environment_id, type,
    status, invoke_id, run_attempt, api_key_id, personal_access_token_id, payload, received_at)
  SELECT $1::uuid, v.id, v.deployment_id, v.preflight_check_id, v.version_id, w.environment_id, v.type,
    v.status, v.invoke_id, v.run_attempt, v.api_key_id, v.personal_access_token_id, v.payload, w.now
  FROM json_to_recordset(${value('events')}::json) AS v(
    i int, id uuid, deployment_id uuid, preflight_check_id uuid, version_id uuid, type text, status text, invoke_id text,
    run_attempt text, api_key_id uuid, personal_access_token_id uuid, payload jsonb)
  JOIN written w ON w.i = v.i
),${when(
    rules,
    () => `
violation_rows AS (
  INSERT INTO rule_violations (account_id, id, preflight_check_id, n, rule_id, product_id, environment_id, code, created_at)
  SELECT $1::uuid, r.id, r.preflight_check_id, r.n, r.rule_id, w.product_id, w.environment_id, r.code, w.now
  FROM json_to_recordset(${value('violations')}::json) AS r(i int, id uuid, preflight_check_id uuid, n int, rule_id uuid, code text)
  JOIN written w ON w.i = r.i
),`,
  )}${when(
    everything,
    () => `
spent_overrides AS (
  UPDATE preflight_overrides o SET used_at = x.now, preflight_check_id = x.override_check_id
  FROM input x JOIN written w ON w.i = x.i
  WHERE o.account_id = $1::uuid AND o.id = x.override_id
),`,
  )}${when(
    restores,
    () =>
      `${restoreArchived(
        [value('restores'), value('restoreAudits')],
        'SELECT id FROM opened_gates WHERE restores_environment',
      )},`,
  )}${when(
    answers,
    () => `
answer_rows AS (${keepBatchAnswers(value('answers'))}),`,
  )}
audit_rows AS (${insertBatchAudit(value('audits'))}${when(starts, () => auditCreated(value('created'), made))})
SELECT i FROM written`;
  return { statement: { name, text }, values };
}

const statements = new Map<string, WriteStatement>();

/**
 * Writes what was decided for a batch of events of one account, each alone: those whose facts have moved since they
 * were read are left out, and the service starts over with them. Answers the `i` of those that were written.
 *
 * $1 account; behind it, as far as its parts need them, plans, deployments, pre-flight checks, events, where violations
 * are found by their rules, what is new, where something is brought back that (`restoreValues`), answers to keep under an
 * idempotency key, and audit rows: JSON arrays, the rows of all but the first carrying the `i` of their plan.
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
export function writeEventPlans(parts: WriteParts): WriteStatement {
  const everything = parts.everything || parts.restores;
  const starts = everything || parts.starts;
  const rules = everything || parts.rules;
  const answers = everything || parts.answers;
  const name = [
    'write_event_plans',
    ...(everything ? ['all'] : [starts && 'starts', rules && 'rules', answers && 'answers']),
    parts.restores && 'restores',
  ]
    .filter((part) => part !== false)
    .join('_');
  const known = statements.get(name);
  if (known !== undefined) return known;
  const written = compose(name, { starts, rules, answers, everything, restores: parts.restores });
  statements.set(name, written);
  return written;
}
