import type pg from 'pg';

/**
 * The most deployments that were in progress at one moment, by the database's own record: from the receipt of each
 * start to its end.
 */
export async function busiest(database: pg.Client, environment: string, product?: string): Promise<number> {
  const { rows } = await database.query<{ busiest: number }>(
    `WITH here AS (
       SELECT d.* FROM deployments d JOIN environments e ON e.id = d.environment_id JOIN products p ON p.id = d.product_id
       WHERE e.name = $1 AND ($2::text IS NULL OR p.name = $2) AND d.start_received_at IS NOT NULL
     ), steps AS (
       SELECT start_received_at AS at, 1 AS step FROM here
       UNION ALL SELECT completed_at, -1 FROM here WHERE completed_at IS NOT NULL
     )
     SELECT coalesce(max(running), 0)::int AS busiest
     FROM (SELECT sum(step) OVER (ORDER BY at, step) AS running FROM steps) AS counted`,
    [environment, product ?? null],
  );
  return rows[0]!.busiest;
}
