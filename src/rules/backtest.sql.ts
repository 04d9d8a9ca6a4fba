import type { Statement } from '../database/database.js';
import { pastCellHistoryColumns, pastPolicyFactsLaterals, policyFactsColumns } from '../preflight/policy-facts.sql.js';

/** Recorded attempts that one statement looks at: a few milliseconds of work, so that events find a connection. */
export const chunkSize = 500;

/**
 * The next recorded attempts `c` of an account, in the order of time: $1 account, ($2, $3) time and id of the last one
 * that was looked at, $4 the end of the period, inclusive, $5 the ids of the products of a scope, $6 those of its
 * environments, $7 its types of environments; null: all. $8 the begin of the period: what is before it is in no scope.
 *
 * `number` counts what was looked at. The last of a full chunk always comes, in scope or not: the next goes on there.
 * Plan: one scan of the index on (account_id, checked_at, id) that starts where the last one ended (`checked_at >=` says
 * no more than the comparison of rows, but without statistics another index looks as good); the type that the environment
 * had is looked up by primary key.
 */
const nextAttempts = `
  SELECT c.*, row_number() OVER (ORDER BY c.checked_at, c.id)::int AS number,
         c.checked_at >= $8::timestamptz AND ($5::uuid[] IS NULL OR c.product_id = ANY ($5::uuid[]))
           AND ($6::uuid[] IS NULL OR c.environment_id = ANY ($6::uuid[]))
           AND ($7::text[] IS NULL OR EXISTS (
             SELECT FROM environment_types t
             WHERE t.account_id = $1::uuid AND t.environment_id = c.environment_id AND t.type = ANY ($7::text[])
               AND t.valid_from <= c.checked_at AND (t.valid_to IS NULL OR t.valid_to > c.checked_at))) AS in_scope
  FROM (
    SELECT * FROM preflight_checks
    WHERE account_id = $1::uuid AND checked_at >= $2::timestamptz AND checked_at <= $4::timestamptz
      AND (checked_at, id) > ($2::timestamptz, $3::uuid)
    ORDER BY checked_at, id LIMIT ${chunkSize}) c`;

/** As they were then; a release that recorded less leaves the names of today. */
const attemptColumns = `
  x.id, x.number, x.in_scope, x.checked_at, x.outcome, x.deployed_by, x.product_id, x.environment_id, v.version,
  coalesce(x.facts->>'product_name', p.name) AS product_name,
  coalesce(x.facts->>'environment_name', e.name) AS environment_name,
  coalesce(x.facts->'deployers', jsonb_build_array(x.deployed_by, x.attempt->'deployed_by_email')) AS deployers,
  x.facts->>'replaces' AS replaces`;

/** One by one (LIMIT): a planner that may choose reads whole tables for the five hundred rows of a chunk. */
const things = `
CROSS JOIN LATERAL (
  SELECT q.id, q.name FROM products q WHERE q.account_id = $1::uuid AND q.id = x.product_id LIMIT 1) p
CROSS JOIN LATERAL (
  SELECT q.id, q.name, q.stale_after_minutes FROM environments q
  WHERE q.account_id = $1::uuid AND q.id = x.environment_id LIMIT 1) e
CROSS JOIN LATERAL (
  SELECT q.id, q.version FROM versions q WHERE q.account_id = $1::uuid AND q.id = x.version_id LIMIT 1) v`;

/**
 * Attempts and what was known of each at its moment: $1…$8 as above, $9 the places that the rule asks about, $10…$12
 * whether it asks for the last completion, durations, approvals.
 * Plan: `nextAttempts`, then for each attempt one index look-up for each fact (policy-facts.sql.ts).
 */
export const readPastFacts: Statement = {
  name: 'read_past_facts',
  readOnly: true,
  text: `
SELECT ${attemptColumns}, sha.scm_sha AS version_sha, ${pastCellHistoryColumns}, ${policyFactsColumns}
FROM (
  SELECT c.*, $9::text[] AS places, $10::boolean AS needs_last_completion, $11::boolean AS needs_durations,
         $12::boolean AS needs_approvals
  FROM (${nextAttempts}) c WHERE c.in_scope OR c.number = ${chunkSize}) x
${things}
CROSS JOIN LATERAL (SELECT x.checked_at AS at, x.id) moment
LEFT JOIN LATERAL (
  SELECT s.scm_sha FROM version_shas s
  WHERE x.needs_approvals AND s.account_id = $1::uuid AND s.version_id = v.id AND s.valid_from <= moment.at
  ORDER BY s.valid_from DESC LIMIT 1) sha ON true${pastPolicyFactsLaterals}
ORDER BY x.number`,
};

/**
 * Attempts, and with each that started how long it held its slot, whether or not it is in scope itself: $1…$8 as above,
 * $9 whether other products' deployments hold slots too.
 * The service's own ends leave `last_event_at` as it was; a client's end is the last event.
 * Plan: `nextAttempts`, then for each start its deployment by primary key and the event of its end by the
 * (version, environment, received_at) index.
 */
export const readPastSlots: Statement = {
  name: 'read_past_slots',
  readOnly: true,
  text: `
SELECT ${attemptColumns}, d.id AS deployment_id, d.last_started_at AS started_at, d.held_by, d.ended_at,
       ended.id AS ended_by, e.stale_after_minutes
FROM (
  SELECT c.*, c.outcome IN ('passed', 'overridden') AND ($6::uuid[] IS NULL OR c.environment_id = ANY ($6::uuid[]))
         AND ($9::boolean OR $5::uuid[] IS NULL OR c.product_id = ANY ($5::uuid[])) AS holds
  FROM (${nextAttempts}) c) x
${things}
LEFT JOIN LATERAL (
  SELECT o.id, coalesce(o.started_at, o.created_at) AS last_started_at,
         coalesce(o.deployed_by, o.deployed_by_email, o.deployed_by_name) AS held_by,
         CASE WHEN o.completed_at IS NULL OR o.end_reason IS NOT NULL THEN o.completed_at ELSE o.last_event_at END AS ended_at
  FROM deployments o WHERE x.holds AND o.account_id = $1::uuid AND o.id = x.deployment_id LIMIT 1) d ON true
LEFT JOIN LATERAL (
  SELECT o.id FROM deployment_events o
  WHERE o.account_id = $1::uuid AND o.version_id = x.version_id AND o.environment_id = x.environment_id
    AND o.received_at = d.ended_at AND o.deployment_id = d.id AND o.status IN ('completed', 'failed', 'aborted')
  ORDER BY o.id DESC LIMIT 1) ended ON true
WHERE x.in_scope OR x.holds OR x.number = ${chunkSize}
ORDER BY x.number`,
};
