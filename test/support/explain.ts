import type pg from 'pg';

/** A step of a plan that was carried out, as `EXPLAIN (ANALYZE, FORMAT JSON)` tells it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** All steps of the plan by which PostgreSQL runs a statement. It is run, and prepared under `name` where one is given. */
export async function explain(
  database: pg.ClientBase | pg.Pool,
  { name, text, values }: { readonly name?: string; readonly text: string; readonly values: readonly unknown[] },
): Promise<PlanNode[]> {
  const { rows } = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>({
    ...(name === undefined ? {} : { name }),
    text: `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    values: [...values],
  });
  return allOf(rows[0]!['QUERY PLAN'][0].Plan);
}

/** Rows that a step has looked at, in all its rounds, whether or not they were what was asked for. */
export function rowsLookedAt(node: PlanNode): number {
  return (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
}

function allOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(allOf)];
}
