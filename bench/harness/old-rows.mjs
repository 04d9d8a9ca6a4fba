import { layHistory } from './past-attempts.mjs';

/** What `layHistory` leaves of each attempt that retention removes: a check, and the start and end of all but a few. */
const rowsPerAttempt = 2.9;

/** Lays about so many rows that are older than a day: events of ended deployments and checks, over the last 90 days. */
export async function layOldRows(cluster, database, rows) {
  await layHistory(cluster.urlOf(database), { attempts: Math.round(rows / rowsPerAttempt), products: 200 });
}

/** Rows that a retention of one day would still remove. */
export async function countOldRows(cluster, database) {
  const old = "< now() - interval '1 day'";
  const text = `SELECT (SELECT count(*) FROM deployment_events WHERE received_at ${old})::float8
    + (SELECT count(*) FROM preflight_checks WHERE checked_at ${old})::float8 AS rows`;
  return (await cluster.query(text, { database }))[0].rows;
}
