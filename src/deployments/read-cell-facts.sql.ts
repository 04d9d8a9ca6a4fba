import type { Statement } from '../database/database.js';
import { policyJson } from '../preflight/policy.sql.js';
import { policyFactsInputColumns } from '../preflight/policy-facts.js';
import { sentBySame } from './sent-by-same.sql.js';
import { policyFactsColumns, policyFactsLaterals } from '../preflight/policy-facts.sql.js';

/** A deployment of the cell as JSON, beside its version's name. */
const deploymentJson = `to_jsonb(d.*) || jsonb_build_object('version', dv.version)`;

/**
 * Everything that is known about each of a batch of events of one account, at one instant; one row for each.
 *
 * $1 account, $2 the events as JSON: [{i, product_key, environment_key, version, status, invoke_id, run_attempt,
 * api_key_id, former_key_id, personal_access_token_id, backfilled_at, spans_products, …what rules need}], $3 a frozen `now` or null,
 * $4 the revision of the rules that are known already: with the first row come the present ones if theirs is another.
 *
 * Plan: one index look-up for each fact of each event (the laterals keep it a nested loop whatever the statistics
 * say): names by primary key, the version by its unique index, the cell by primary key, open deployments by
 * deployments_open_idx (asked for as `completed_at IS NULL`, so that no index on the status can be taken for it while
 * statistics know of none open), those given up by deployments_stale_idx, repeats by the (version, environment, received_at)
 * index of deployment_events, the last check likewise. Nothing grows with history.
 */
const text = (policy: { columns: string; laterals: string }) => `
WITH clock AS MATERIALIZED (
  -- Once, and not in the conditions below: an index is no use against a volatile function.
  SELECT coalesce($3::timestamptz, date_trunc('milliseconds', clock_timestamp())) AS now
)
SELECT x.i, clock.now,
       a.policy_revision::float8 AS policy_revision, a.rules_revision::float8 AS rules_revision, a.overrides_until,
       CASE WHEN x.i = 0 AND a.rules_revision <> $4::bigint THEN (${policyJson}) END AS policy,
       a.enforce_on_completed,
       a.catalog,
       p.id AS product_id, p.name AS product_name, p.archived_at AS product_archived_at,
       e.id AS environment_id, e.name AS environment_name, e.archived_at AS environment_archived_at, e.type AS environment_type, e.stale_after_minutes, e.pending_stale_after_hours,
       e.start_revision::float8 AS start_revision,
       v.id AS version_id, v.scm_sha AS version_sha, v.revision::float8 AS version_revision,
       s.revision::float8 AS revision, s.deployment_id AS current_id, s.deployed_at AS current_deployed_at,
       open.list AS open,
       given_up.list AS given_up,
       repeat.deployment AS repeat_deployment,
       repeat."check" AS repeat_check,
       repeat.received_at AS repeat_received_at, repeat.others_since AS repeat_others_since,
       repeat.ended_since AS repeat_ended_since,
       same_run.deployment AS same_run,
       last_check."check" AS last_check,
       next_one.effective_completed_at AS next_completed_at,
       spanning.list AS environment_holders${policy.columns}
FROM json_to_recordset($2::json) AS x(
  i int, product_key text, environment_key text, version text, status text, invoke_id text, run_attempt text,
  api_key_id uuid, former_key_id uuid, personal_access_token_id uuid, backfilled_at timestamptz, spans_products boolean, ${policyFactsInputColumns})
JOIN accounts a ON a.id = $1::uuid
CROSS JOIN clock
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
  WHERE q.account_id = $1::uuid AND q.product_id = p.id AND q.environment_id = e.id LIMIT 1) s ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(${deploymentJson} ORDER BY d.created_at DESC, d.id DESC) AS list
  FROM (
    SELECT * FROM deployments o
    WHERE o.account_id = $1::uuid AND o.environment_id = e.id AND o.product_id = p.id
      AND o.completed_at IS NULL AND (o.status <> 'pending' OR o.version_id = v.id)) d
  JOIN versions dv ON dv.account_id = d.account_id AND dv.id = d.version_id) open ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(to_jsonb(d.*) ORDER BY d.created_at DESC, d.id DESC) AS list FROM (
    SELECT * FROM deployments g
    WHERE g.account_id = $1::uuid AND g.version_id = v.id AND g.environment_id = e.id AND g.end_reason = 'stale'
    ORDER BY g.created_at DESC LIMIT 10) d
  WHERE x.status NOT IN ('pending', 'started')) given_up ON true
LEFT JOIN LATERAL (
  SELECT to_jsonb(d.*) || jsonb_build_object('replaced_at', (
           SELECT min(r.effective_completed_at) FROM deployments r
           WHERE r.account_id = $1::uuid AND r.environment_id = d.environment_id AND r.product_id = d.product_id
             AND r.status = 'completed'
             AND (r.effective_completed_at, r.id) > (d.effective_completed_at, d.id))) AS deployment,
         to_jsonb(c.*) AS "check", ev.received_at,
         EXISTS (
           SELECT FROM deployments o
           WHERE o.account_id = $1::uuid AND o.product_id = p.id AND o.created_at >= ev.received_at
             AND (o.created_at, o.id) > (ev.received_at, ev.id)
             AND o.environment_id = e.id AND o.version_id <> v.id AND o.status <> 'pending') AS others_since,
         x.status = 'started' AND EXISTS (
           SELECT FROM deployment_events t
           WHERE t.account_id = $1::uuid AND t.version_id = v.id AND t.environment_id = e.id
             AND t.received_at >= ev.received_at AND t.deployment_id = ev.deployment_id
             AND t.status IN ('completed', 'failed', 'aborted') AND t.type <> 'deployment.superseded'
             AND (${sentBySame('t')}
               OR (t.api_key_id IS NULL AND t.personal_access_token_id IS NULL))) AS ended_since
  FROM deployment_events ev
  LEFT JOIN deployments d ON d.account_id = ev.account_id AND d.id = ev.deployment_id
  LEFT JOIN preflight_checks c ON c.account_id = ev.account_id AND c.id = ev.preflight_check_id
  WHERE ev.account_id = $1::uuid AND ev.version_id = v.id AND ev.environment_id = e.id
    AND ev.received_at > clock.now - interval '10 minutes'
    AND ev.status = x.status AND ev.type = 'deployment.' || x.status
    AND ev.invoke_id IS NOT DISTINCT FROM x.invoke_id AND ev.run_attempt IS NOT DISTINCT FROM x.run_attempt
    AND ${sentBySame('ev')}
  ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1) repeat ON true
LEFT JOIN LATERAL (
  SELECT to_jsonb(d.*) AS deployment
  FROM deployment_events ev JOIN deployments d ON d.account_id = ev.account_id AND d.id = ev.deployment_id
  WHERE x.status = 'pending' AND x.invoke_id IS NOT NULL
    AND ev.account_id = $1::uuid AND ev.version_id = v.id AND ev.environment_id = e.id
    AND ev.received_at > clock.now - interval '10 minutes'
    AND ev.invoke_id = x.invoke_id AND ev.run_attempt IS NOT DISTINCT FROM x.run_attempt
  ORDER BY ev.received_at DESC, ev.id DESC LIMIT 1) same_run ON true
LEFT JOIN LATERAL (
  SELECT to_jsonb(c.*) AS "check" FROM preflight_checks c
  WHERE x.status NOT IN ('pending', 'started')
    AND c.account_id = $1::uuid AND c.version_id = v.id AND c.environment_id = e.id
    -- A run that waits longer for an approval has been given up by every CI system.
    AND c.checked_at > clock.now - interval '30 days'
    AND CASE WHEN x.invoke_id IS NOT NULL THEN c.invoke_id = x.invoke_id
        ELSE ${sentBySame('c')}
         AND c.checked_at > clock.now - interval '24 hours' END
  ORDER BY c.checked_at DESC, c.id DESC LIMIT 1) last_check ON true
LEFT JOIN LATERAL (
  SELECT d.effective_completed_at FROM deployments d
  WHERE x.backfilled_at IS NOT NULL AND d.account_id = $1::uuid AND d.environment_id = e.id AND d.product_id = p.id
    AND d.status = 'completed' AND d.effective_completed_at > x.backfilled_at
  ORDER BY d.effective_completed_at LIMIT 1) next_one ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('deployment_id', d.id, 'product_id', d.product_id, 'product_name', q.name,
           'version', dv.version,
           'started_at', coalesce(d.started_at, d.created_at), 'last_event_at', d.last_event_at,
           'deployed_by', coalesce(d.deployed_by, d.deployed_by_email, d.deployed_by_name))
           ORDER BY d.start_received_at, d.id) AS list
  FROM deployments d
  JOIN products q ON q.account_id = d.account_id AND q.id = d.product_id
  JOIN versions dv ON dv.account_id = d.account_id AND dv.id = d.version_id
  WHERE x.spans_products AND d.account_id = $1::uuid AND d.environment_id = e.id
    AND d.completed_at IS NULL AND d.status <> 'pending') spanning ON true${policy.laterals}
ORDER BY x.i`;

export const readCellFacts: Statement = {
  name: 'read_cell_facts',
  readOnly: true,
  text: text({ columns: '', laterals: '' }),
};

/** The same, and what rules need besides: for batches in which some rule asks for more than who holds the slots. */
export const readCellAndPolicyFacts: Statement = {
  name: 'read_cell_and_policy_facts',
  readOnly: true,
  text: text({
    columns: `,${policyFactsColumns}`,
    laterals: `
CROSS JOIN LATERAL (SELECT clock.now AS at) moment${policyFactsLaterals}`,
  }),
};
