import type { Statement } from '../database/database.js';
import { policyJson } from '../preflight/policy.sql.js';
import { policyFactsInputColumns } from '../preflight/policy-facts.js';
import { cellHistoryColumns, policyFactsColumns, policyFactsLaterals } from '../preflight/policy-facts.sql.js';
import { sentBySame } from './sent-by-same.sql.js';

/**
 * What is read beside what every event needs. To start a part costs each execution, whether any of its events asks for
 * it or not, so a batch is read with the parts that it asks for alone; there is one statement for each set of parts.
 */
export interface ReadParts {
  /** What an end may belong to besides the open ones: given up, refused, or overtaken by a later completion. */
  readonly ends: boolean;
  /** The deployment of the same run, for a `pending` that comes late. */
  readonly sameRun: boolean;
  /** Who is in progress in the whole environment. */
  readonly spanning: boolean;
  /** When something was deployed last, and how long that takes, for cooldowns and runways. */
  readonly history: boolean;
  /** What else rules need to know. */
  readonly policyFacts: boolean;
  /** What the event led to of which this one is a repeat; else only whether there is one. */
  readonly repeats: boolean;
  /** The rules themselves, with the first row. */
  readonly rules: boolean;
}

export const allParts: ReadParts = {
  ends: true,
  sameRun: true,
  spanning: true,
  history: true,
  policyFacts: true,
  repeats: true,
  rules: true,
};

const names: Readonly<Record<keyof ReadParts, string>> = {
  ends: 'ends',
  sameRun: 'run',
  spanning: 'span',
  history: 'history',
  policyFacts: 'policy',
  repeats: 'repeats',
  rules: 'rules',
};

/** The events that say the same as `x` did, of the last ten minutes. */
const repeated = `
  FROM deployment_events ev
  WHERE ev.account_id = $1::uuid AND ev.version_id = v.id AND ev.environment_id = e.id
    AND ev.received_at > clock.now - interval '10 minutes'
    AND ev.status = x.status AND ev.type = 'deployment.' || x.status
    AND ev.invoke_id IS NOT DISTINCT FROM x.invoke_id AND ev.run_attempt IS NOT DISTINCT FROM x.run_attempt
    AND ${sentBySame('ev')}`;

/** The columns of each part; each is a subquery of its own, which costs less to start than a join does. */
const columns: Readonly<Record<keyof ReadParts, string>> = {
  ends: `
  CASE WHEN x.status NOT IN ('pending', 'started') THEN (
    SELECT json_agg(g.* ORDER BY g.created_at DESC, g.id DESC) FROM (
      SELECT * FROM deployments o
      WHERE o.account_id = $1::uuid AND o.version_id = v.id AND o.environment_id = e.id AND o.end_reason = 'stale'
      ORDER BY o.created_at DESC LIMIT 10) g) END AS given_up,
  CASE WHEN x.status NOT IN ('pending', 'started') THEN (
    SELECT json_build_object('id', c.id, 'outcome', c.outcome, 'attempt', c.attempt, 'checked_at', c.checked_at,
             'rules_evaluated', c.rules_evaluated)
    FROM preflight_checks c
    WHERE c.account_id = $1::uuid AND c.version_id = v.id AND c.environment_id = e.id
      -- A run that waits longer for an approval has been given up by every CI system.
      AND c.checked_at > clock.now - interval '30 days'
      AND CASE WHEN x.invoke_id IS NOT NULL THEN c.invoke_id = x.invoke_id
          ELSE ${sentBySame('c')}
           AND c.checked_at > clock.now - interval '24 hours' END
    ORDER BY c.checked_at DESC, c.id DESC LIMIT 1) END AS last_check,
  CASE WHEN x.backfilled_at IS NOT NULL THEN (
    SELECT d.effective_completed_at FROM deployments d
    WHERE d.account_id = $1::uuid AND d.environment_id = e.id AND d.product_id = p.id
      AND d.status = 'completed' AND d.effective_completed_at > x.backfilled_at
    ORDER BY d.effective_completed_at LIMIT 1) END AS next_completed_at`,
  sameRun: `
  CASE WHEN x.status = 'pending' AND x.invoke_id IS NOT NULL THEN (
    SELECT to_json(d.*)
    FROM deployment_events ev JOIN deployments d ON d.account_id = ev.account_id AND d.id = ev.deployment_id
    WHERE ev.account_id = $1::uuid AND ev.version_id = v.id AND ev.environment_id = e.id
      AND ev.received_at > clock.now - interval '10 minutes'
      AND ev.invoke_id = x.invoke_id AND ev.run_attempt IS NOT DISTINCT FROM x.run_attempt
    ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1) END AS same_run`,
  spanning: `
  CASE WHEN x.spans_products THEN (
    SELECT json_agg(json_build_object('deployment_id', d.id, 'product_id', d.product_id, 'product_name', q.name,
             'version', dv.version,
             'started_at', coalesce(d.started_at, d.created_at), 'last_event_at', d.last_event_at,
             'deployed_by', coalesce(d.deployed_by, d.deployed_by_email, d.deployed_by_name))
             ORDER BY d.start_received_at, d.id)
    FROM deployments d
    JOIN products q ON q.account_id = d.account_id AND q.id = d.product_id
    JOIN versions dv ON dv.account_id = d.account_id AND dv.id = d.version_id
    WHERE d.account_id = $1::uuid AND d.environment_id = e.id
      AND d.completed_at IS NULL AND d.status <> 'pending') END AS environment_holders`,
  history: cellHistoryColumns,
  policyFacts: policyFactsColumns,
  repeats: `
  (SELECT json_build_object('received_at', ev.received_at,
     'deployment', (
       SELECT to_json(w.*) FROM (
         SELECT d.*, (
           SELECT min(r.effective_completed_at) FROM deployments r
           WHERE r.account_id = $1::uuid AND r.environment_id = d.environment_id AND r.product_id = d.product_id
             AND r.status = 'completed'
             AND (r.effective_completed_at, r.id) > (d.effective_completed_at, d.id)) AS replaced_at
         FROM deployments d WHERE d.account_id = $1::uuid AND d.id = ev.deployment_id) w),
     'check', (
       SELECT to_json(c.*) FROM preflight_checks c WHERE c.account_id = $1::uuid AND c.id = ev.preflight_check_id),
     'others_since', EXISTS (
       SELECT FROM deployments o
       WHERE o.account_id = $1::uuid AND o.product_id = p.id AND o.created_at >= ev.received_at
         AND (o.created_at, o.id) > (ev.received_at, ev.id)
         AND o.environment_id = e.id AND o.version_id <> v.id AND o.status <> 'pending'),
     'ended_since', x.status = 'started' AND EXISTS (
       SELECT FROM deployment_events t
       WHERE t.account_id = $1::uuid AND t.version_id = v.id AND t.environment_id = e.id
         AND t.received_at >= ev.received_at AND t.deployment_id = ev.deployment_id
         AND t.status IN ('completed', 'failed', 'aborted') AND t.type <> 'deployment.superseded'
         AND (${sentBySame('t')}
           OR (t.api_key_id IS NULL AND t.personal_access_token_id IS NULL))))
   FROM (SELECT ev.*${repeated} ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1) ev) AS repeat`,
  rules: `
  CASE WHEN x.i = 0 THEN (${policyJson}) END AS policy`,
};

/** The joins of the parts that have any. */
const joins: Partial<Readonly<Record<keyof ReadParts, string>>> = {
  policyFacts: policyFactsLaterals,
};

const text = (parts: readonly (keyof ReadParts)[]) => `
WITH clock AS MATERIALIZED (
  -- Once, and not in the conditions below: an index is no use against a volatile function.
  SELECT coalesce($3::timestamptz, date_trunc('milliseconds', clock_timestamp())) AS now
)
SELECT x.i, clock.now,
  a.policy_revision::float8 AS policy_revision, a.rules_revision::float8 AS rules_revision, a.overrides_until,
  a.enforce_on_completed, a.catalog,
  p.id AS product_id, p.name AS product_name, p.archived_at AS product_archived_at,
  e.id AS environment_id, e.name AS environment_name, e.archived_at AS environment_archived_at,
  e.type AS environment_type, e.stale_after_minutes, e.pending_stale_after_hours,
  e.start_revision::float8 AS start_revision,
  v.id AS version_id, v.scm_sha AS version_sha, v.revision::float8 AS version_revision,
  s.revision::float8 AS revision, s.deployment_id AS current_id, s.deployed_at AS current_deployed_at,
  (SELECT json_agg(d.* ORDER BY d.created_at DESC, d.id DESC) FROM (
     SELECT o.*, (SELECT dv.version FROM versions dv WHERE dv.account_id = $1::uuid AND dv.id = o.version_id) AS version
     FROM deployments o
     WHERE o.account_id = $1::uuid AND o.environment_id = e.id AND o.product_id = p.id
       AND o.completed_at IS NULL AND (o.status <> 'pending' OR o.version_id = v.id)) d) AS open,
  EXISTS (SELECT${repeated}) AS is_repeat${parts.map((part) => `,${columns[part]}`).join('')}
FROM json_to_recordset($2::json) AS x(
  i int, product_key text, environment_key text, version text, status text, invoke_id text, run_attempt text,
  api_key_id uuid, former_key_id uuid, personal_access_token_id uuid, backfilled_at timestamptz, spans_products boolean, ${policyFactsInputColumns})
JOIN accounts a ON a.id = $1::uuid
CROSS JOIN clock
CROSS JOIN LATERAL (SELECT clock.now AS at) moment
LEFT JOIN LATERAL (
  SELECT q.id, q.name, q.archived_at FROM product_names n JOIN products q ON q.account_id = n.account_id AND q.id = n.product_id
  WHERE n.account_id = $1::uuid AND n.name_key = x.product_key LIMIT 1) p ON true
LEFT JOIN LATERAL (
  SELECT q.* FROM environment_names n JOIN environments q ON q.account_id = n.account_id AND q.id = n.environment_id
  WHERE n.account_id = $1::uuid AND n.name_key = x.environment_key LIMIT 1) e ON true
LEFT JOIN LATERAL (
  SELECT q.id, q.scm_sha, q.revision FROM versions q
  WHERE q.account_id = $1::uuid AND q.product_id = p.id AND q.version = x.version LIMIT 1) v ON true
LEFT JOIN LATERAL (
  SELECT q.* FROM environment_states q
  WHERE q.account_id = $1::uuid AND q.product_id = p.id AND q.environment_id = e.id LIMIT 1) s ON true${parts
    .map((part) => joins[part] ?? '')
    .join('')}
ORDER BY x.i`;

const statements = new Map<string, Statement>();

/**
 * Everything that is known about each of a batch of events of one account, at one instant; one row for each.
 *
 * $1 account, $2 the events as JSON: [{i, product_key, environment_key, version, status, invoke_id, run_attempt,
 * api_key_id, former_key_id, personal_access_token_id, backfilled_at, spans_products, …what rules need}], $3 a frozen `now` or null.
 *
 * Plan: one index look-up for each fact of each event (laterals and subqueries keep it a nested loop whatever the
 * statistics say): names by primary key, the version by its unique index, the cell by primary key, open deployments by
 * deployments_open_idx (asked for as `completed_at IS NULL`, so that no index on the status can be taken for it while
 * statistics know of none open), those given up by deployments_stale_idx, repeats by the (version, environment, received_at)
 * index of deployment_events, the last check likewise. Nothing grows with history.
 */
export function readCellFacts(parts: ReadParts): Statement {
  const chosen = (Object.keys(names) as (keyof ReadParts)[]).filter((part) => parts[part]);
  const name = ['read_cell_facts', ...chosen.map((part) => names[part])].join('_');
  const known = statements.get(name);
  if (known !== undefined) return known;
  const statement = { name, readOnly: true, text: text(chosen) };
  statements.set(name, statement);
  return statement;
}
