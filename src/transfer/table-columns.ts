import type pg from 'pg';
import { exportedTables } from './exported-tables.js';

/** A table as this database has it. */
export interface TableColumns {
  /** All that an export holds, in their order. */
  readonly columns: readonly string[];
  /** The primary key without the account, in its order: what sorts the rows, the same in every database. */
  readonly key: readonly { readonly name: string; readonly isText: boolean }[];
}

interface ColumnRow {
  readonly table_name: string;
  readonly name: string;
  readonly is_text: boolean;
  readonly key_place: number | null;
}

/** The columns of the exported tables. */
export async function readTableColumns(client: pg.Client): Promise<ReadonlyMap<string, TableColumns>> {
  const { rows } = await client.query<ColumnRow>(
    `SELECT c.relname AS table_name, a.attname AS name, a.atttypid = 'text'::regtype AS is_text,
       array_position(i.indkey::int2[], a.attnum)::int AS key_place
     FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY ($1)
     ORDER BY c.relname, a.attnum`,
    [exportedTables.map(({ name }) => name)],
  );
  return new Map(
    exportedTables.map(({ name, accountColumn, withheld }) => {
      const own = rows.filter((row) => row.table_name === name && row.name !== accountColumn);
      const columns = own.map((row) => row.name).filter((column) => !withheld.some((one) => one.column === column));
      const key = own
        .filter(({ key_place: place }) => place !== null)
        .sort((a, b) => a.key_place! - b.key_place!)
        .map(({ name: column, is_text: isText }) => ({ name: column, isText }));
      return [name, { columns, key }];
    }),
  );
}

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
