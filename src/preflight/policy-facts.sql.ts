/*
 * What rules need to know about an attempt besides who holds its slots, as it was at one instant: a start asks for now,
 * a back-test for then, and both get it from here. The parts stand in a statement with $1 = the account, and refer to
 *
 *   x            the attempt: places text[], needs_last_completion, needs_durations, needs_approvals boolean
 *   p, e, v      its product, environment and version, or NULLs
 *   moment.at    the instant; for the past also
 *   moment.id    the id of the attempt's check: ids rise, so of one instant they tell what came first
 *
 * Plan: one index look-up for each fact. Completions of a version by deployments_completions_idx, of a cell by
 * deployments_completed_idx, approvals and build events by their version. Nothing grows with history: 500 deployments
 * at most are looked at for durations, and of completions the first and the last.
 */

/** What is asked for: the present, of which everything that is recorded is a part, or a moment of the past. */
type Tense = 'present' | 'past';

/** Whether the completion of `d` had been received. In the past its own attempt's had not: its event's id is greater. */
const hasCompleted = (tense: Tense) =>
  tense === 'present'
    ? `d.status = 'completed' AND d.last_event_at <= moment.at`
    : `d.status = 'completed' AND d.last_event_at <= moment.at AND (d.last_event_at < moment.at OR EXISTS (
        SELECT FROM deployment_events o
        WHERE o.account_id = $1::uuid AND o.version_id = d.version_id AND o.environment_id = d.environment_id
          AND o.received_at = moment.at AND o.deployment_id = d.id AND o.status = 'completed' AND o.id < moment.id))`;

/** Whether the row of another table had been written. */
const hasCome = (tense: Tense, at: string, id: string) =>
  tense === 'present' ? `${at} <= moment.at` : `${at} <= moment.at AND (${at}, ${id}) < (moment.at, moment.id)`;

/** Whether an environment was there already. The attempt that names its own for the first time does not know it yet. */
const existed = (tense: Tense, environment: string) =>
  tense === 'present'
    ? ''
    : ` AND (${environment}.created_at < moment.at OR ${environment}.created_at = moment.at
      AND ${environment}.id < moment.id AND ${environment}.id <> e.id)`;

/** Of one place's completions of the version, the first or the last. `''` is the attempt's own environment. */
const completion = (tense: Tense, order: 'ASC' | 'DESC') => `
    SELECT d.last_event_at AS at FROM deployments d
    WHERE d.account_id = $1::uuid AND d.version_id = v.id AND d.environment_id = place.environment_id
      AND ${hasCompleted(tense)}
    ORDER BY d.last_event_at ${order} LIMIT 1`;

/** What was deployed last in a place: reports that came later are not known yet. */
const deployedIn = (tense: Tense, environment: string) => `
    SELECT d.* FROM deployments d
    WHERE d.account_id = $1::uuid AND d.environment_id = ${environment} AND d.product_id = p.id
      AND d.effective_completed_at <= moment.at AND ${hasCompleted(tense)}
    ORDER BY d.effective_completed_at DESC, d.id DESC`;

/**
 * When something was deployed last in the attempt's own cell, and how long the last 50 took whose start was reported:
 * subqueries, which are run for those attempts alone that ask. Beyond 500 none is looked for.
 */
const cellHistory = (tense: Tense) => `
  CASE WHEN x.needs_last_completion THEN (
    SELECT d.last_event_at FROM (${deployedIn(tense, 'e.id')} LIMIT 1) d) END AS last_completed_at,
  CASE WHEN x.needs_durations THEN (
    SELECT CASE WHEN count(*) >= 5 THEN
             round(percentile_disc(0.95) WITHIN GROUP (
               ORDER BY date_part('epoch', d.last_event_at - d.start_received_at) * 1000)) END
    FROM (
      SELECT d.* FROM (${deployedIn(tense, 'e.id')} LIMIT 500) d
      WHERE d.start_received_at IS NOT NULL
      ORDER BY d.effective_completed_at DESC, d.id DESC LIMIT 50) d) END AS p95_ms`;

export const cellHistoryColumns = cellHistory('present');

/** The same of the moment of a recorded attempt, whatever has become known since. */
export const pastCellHistoryColumns = cellHistory('past');

/** What `policyFactsLaterals` found. */
export const policyFactsColumns = `
  places.list AS places, approvals.list AS approvals, builders.list AS builders`;

const laterals = (tense: Tense) => `
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('key', place.key, 'environment_id', place.environment_id,
           'environment_name', place.name, 'first_at', first.at, 'last_at', last.at,
           'is_deployed', coalesce(latest.version_id = v.id, false),
           'revision', ${tense === 'present' ? 's.revision' : 'NULL'})) AS list
  FROM (
    SELECT k.key,
           coalesce(CASE WHEN k.key = '' THEN e.id END, q.id, m.id) AS environment_id,
           coalesce(CASE WHEN k.key = '' THEN e.name END, q.name, m.name) AS name
    FROM unnest(x.places) AS k (key)
    LEFT JOIN environments q ON q.account_id = $1::uuid AND q.id = CASE WHEN length(k.key) = 36
      AND k.key ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN k.key::uuid END${existed(tense, 'q')}
    LEFT JOIN environment_names n ON n.account_id = $1::uuid AND n.name_key = k.key AND q.id IS NULL
    LEFT JOIN environments m ON m.account_id = $1::uuid AND m.id = n.environment_id${existed(tense, 'm')}) place
  LEFT JOIN LATERAL (${completion(tense, 'ASC')}) first ON true
  LEFT JOIN LATERAL (${completion(tense, 'DESC')}) last ON true
  LEFT JOIN LATERAL (${deployedIn(tense, 'place.environment_id')} LIMIT 1) latest ON true${
    tense === 'past'
      ? ''
      : `
  LEFT JOIN environment_states s ON s.account_id = $1::uuid AND s.product_id = p.id
    AND s.environment_id = place.environment_id`
  }) places ON true
LEFT JOIN LATERAL (
  SELECT json_agg(json_build_object('id', a.id, 'user_id', a.user_id, 'user_name', u.name, 'email', u.email,
           'logins', u.logins, 'decision', a.decision, 'type', a.approval_type, 'environment_id', a.environment_id,
           'roles', a.roles, 'scm_sha', a.scm_sha, 'at', a.created_at) ORDER BY a.created_at, a.id) AS list
  FROM approvals a JOIN users u ON u.account_id = a.account_id AND u.id = a.user_id
  WHERE x.needs_approvals AND a.account_id = $1::uuid AND a.version_id = v.id
    AND ${hasCome(tense, 'a.created_at', 'a.id')}
    AND (a.withdrawn_at IS NULL OR a.withdrawn_at > moment.at)) approvals ON true
LEFT JOIN LATERAL (
  SELECT json_agg(DISTINCT jsonb_build_array(b.payload->'built_by', b.payload->'built_by_email',
           b.payload->'built_by_name', u.id)) AS list
  FROM build_events b
  LEFT JOIN personal_access_tokens t ON t.account_id = $1::uuid AND t.id = b.personal_access_token_id
  LEFT JOIN users u ON u.account_id = $1::uuid AND u.id = t.user_id AND u.kind = 'person'
  WHERE x.needs_approvals AND b.account_id = $1::uuid AND b.version_id = v.id
    AND ${hasCome(tense, 'b.received_at', 'b.id')}) builders ON true`;

export const policyFactsLaterals = laterals('present');

/** As `pastCellHistoryColumns`. */
export const pastPolicyFactsLaterals = laterals('past');
