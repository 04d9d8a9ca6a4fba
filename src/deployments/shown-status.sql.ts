/**
 * SQL of whether an open deployment `d` has been silent for too long in its environment: `isStale`, for statements.
 * `environment` is the alias of its row in environments; `now` an expression for the moment.
 */
export function isStaleSql(environment: string, now: string): string {
  return `((d.status = 'started' AND ${environment}.stale_after_minutes > 0
      AND d.last_event_at + ${environment}.stale_after_minutes * interval '1 minute' <= ${now})
    OR (d.status = 'pending' AND ${environment}.pending_stale_after_hours > 0
      AND d.last_event_at + ${environment}.pending_stale_after_hours * interval '1 hour' <= ${now}))`;
}

/**
 * SQL of the status of a deployment `d` as it is shown: a stale one is aborted from the moment that it is stale,
 * whether or not the sweep has come by. Only an open one costs the look-up of its environment.
 */
export function shownStatusSql(now: string): string {
  return `CASE WHEN d.status IN ('pending', 'started') AND EXISTS (
    SELECT FROM environments stale WHERE stale.account_id = d.account_id AND stale.id = d.environment_id
      AND ${isStaleSql('stale', now)}) THEN 'aborted' ELSE d.status END`;
}
