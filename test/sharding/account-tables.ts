import type pg from 'pg';

/** Every table of a migrated database that belongs to accounts, with its column that holds the account. */
export async function readAccountTables(client: pg.ClientBase): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ table: string }>(
    `SELECT c.relname AS "table" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attname = 'account_id' ORDER BY 1`,
  );
  return new Map([['accounts', 'id'], ...rows.map(({ table }): [string, string] => [table, 'account_id'])]);
}
