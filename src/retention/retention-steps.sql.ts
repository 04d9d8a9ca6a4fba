/*
 * One batch of each step of a retention run, as one statement. Parameters: $1 account, $2 the instant before which rows
 * go, $3 how many rows to look at, $4 whether to remove them or only to count, $5 the id of the last row that was looked
 * at (null: none yet), and for checks $6 its time. Answers one row, `StepRow`.
 *
 * Nothing that a decision can still ask for is removed (docs/retention-and-export.md). No statement locks a row that an
 * event reads or writes: what is removed is older than everything that events look up.
 */

/** What a batch has seen and done. */
export interface StepRow {
  /** Rows looked at; fewer than asked for where there are no more. */
  readonly looked: number;
  /** Those of them that are older than the instant, removed or not. */
  readonly older: number;
  readonly last_at: Date | null;
  readonly last_id: string | null;
  readonly removed: number;
  /** Of the rows that belong to those: events of a check. */
  readonly events: number;
  /** The same: violations of a check. */
  readonly violations: number;
}

/** Ids rise with time, and each process makes its own: those that lie out of order by a little are met the next day. */
const inOrderOfArrival = (table: string, columns: string) => `
looked AS MATERIALIZED (
  SELECT x.id, x.received_at AS at, ${columns} FROM ${table} x
  WHERE x.account_id = $1::uuid AND x.id > coalesce($5::uuid, '00000000-0000-0000-0000-000000000000')
  ORDER BY x.id LIMIT $3::int
)`;

const outcome = (order = 'id', more = '0 AS events, 0 AS violations') => `
SELECT (SELECT count(*)::int FROM looked) AS looked,
  (SELECT count(*)::int FROM looked WHERE at < $2::timestamptz) AS older,
  (SELECT at FROM looked ORDER BY ${order} DESC LIMIT 1) AS last_at,
  (SELECT id FROM looked ORDER BY ${order} DESC LIMIT 1) AS last_id,
  (SELECT count(*)::int FROM doomed) AS removed, ${more}`;

/**
 * Events of deployments, but for those of deployments that are open.
 * Plan: the primary key from the last id on, and for each row the primary key of deployments. No index on the time alone
 * is kept for this: each event would pay for it.
 */
export const removeDeploymentEvents = `
WITH ${inOrderOfArrival('deployment_events', 'x.deployment_id')},
doomed AS MATERIALIZED (
  SELECT l.id FROM looked l
  WHERE l.at < $2::timestamptz AND NOT EXISTS (
    SELECT FROM deployments d WHERE d.account_id = $1::uuid AND d.id = l.deployment_id AND d.completed_at IS NULL)
),
gone AS (
  DELETE FROM deployment_events e USING doomed d WHERE $4::boolean AND e.account_id = $1::uuid AND e.id = d.id
)${outcome()}`;

/**
 * Events of builds, but for those of builds that are open, and for the first event of each who had a part in a version: who
 * built it may not be the one who approves it, however much later.
 * Plan: as above; for each row the events of its version by their index.
 */
export const removeBuildEvents = `
WITH ${inOrderOfArrival('build_events', 'x.version_id, x.build_id, x.personal_access_token_id, x.payload')},
doomed AS MATERIALIZED (
  SELECT l.id FROM looked l
  WHERE l.at < $2::timestamptz AND NOT EXISTS (
    SELECT FROM builds b WHERE b.account_id = $1::uuid AND b.id = l.build_id AND b.status IN ('pending', 'started'))
  AND EXISTS (
    SELECT FROM build_events f
    WHERE f.account_id = $1::uuid AND f.version_id = l.version_id AND f.received_at <= l.at
      AND (f.received_at, f.id) < (l.at, l.id)
      AND f.personal_access_token_id IS NOT DISTINCT FROM l.personal_access_token_id
      AND f.payload -> 'built_by' IS NOT DISTINCT FROM l.payload -> 'built_by'
      AND f.payload -> 'built_by_email' IS NOT DISTINCT FROM l.payload -> 'built_by_email'
      AND f.payload -> 'built_by_name' IS NOT DISTINCT FROM l.payload -> 'built_by_name')
),
gone AS (
  DELETE FROM build_events e USING doomed d WHERE $4::boolean AND e.account_id = $1::uuid AND e.id = d.id
)${outcome()}`;

/**
 * Recorded checks with their violations and what was reported of those that were blocked, but for those that used an
 * override up, and those of which something younger was reported. Events of deployments stay; they name their check no
 * more.
 * Plan: the index on (account_id, checked_at, id) from the last one on; the rest by the indexes on preflight_check_id.
 */
export const removePreflightChecks = `
WITH looked AS MATERIALIZED (
  SELECT x.id, x.checked_at AS at FROM preflight_checks x
  WHERE x.account_id = $1::uuid AND x.checked_at < $2::timestamptz
    AND ($6::timestamptz IS NULL OR (x.checked_at, x.id) > ($6::timestamptz, $5::uuid))
  ORDER BY x.checked_at, x.id LIMIT $3::int
),
doomed AS MATERIALIZED (
  SELECT l.id FROM looked l
  WHERE NOT EXISTS (
    SELECT FROM preflight_overrides o WHERE o.account_id = $1::uuid AND o.preflight_check_id = l.id)
  AND NOT EXISTS (
    SELECT FROM deployment_events e
    WHERE e.account_id = $1::uuid AND e.preflight_check_id = l.id
      AND e.deployment_id IS NULL AND e.received_at >= $2::timestamptz)
),
their_events AS MATERIALIZED (
  SELECT e.id FROM doomed d CROSS JOIN LATERAL (
    SELECT id FROM deployment_events q
    WHERE q.account_id = $1::uuid AND q.preflight_check_id = d.id AND q.deployment_id IS NULL) e
),
unlinked AS (
  UPDATE deployment_events e SET preflight_check_id = NULL FROM doomed d
  WHERE $4::boolean AND e.account_id = $1::uuid AND e.preflight_check_id = d.id AND e.deployment_id IS NOT NULL
),
their_violations AS MATERIALIZED (
  SELECT v.id FROM doomed d CROSS JOIN LATERAL (
    SELECT id FROM rule_violations q WHERE q.account_id = $1::uuid AND q.preflight_check_id = d.id) v
),
gone_events AS (
  DELETE FROM deployment_events e USING their_events d WHERE $4::boolean AND e.account_id = $1::uuid AND e.id = d.id
),
gone_violations AS (
  DELETE FROM rule_violations v USING their_violations d WHERE $4::boolean AND v.account_id = $1::uuid AND v.id = d.id
),
gone AS (
  DELETE FROM preflight_checks c USING doomed d WHERE $4::boolean AND c.account_id = $1::uuid AND c.id = d.id
)${outcome(
  'ROW(at, id)',
  '(SELECT count(*)::int FROM their_events) AS events, (SELECT count(*)::int FROM their_violations) AS violations',
)}`;
