import pg from 'pg';
import { CopyOut } from './copy-out.js';
import { rowLineParts } from './export-format.js';
import { exportedTables, type ExportedTable } from './exported-tables.js';
import { quoted, readTableColumns, type TableColumns } from './table-columns.js';

/** A part of the rows of one table, as lines of an export. */
export interface ExportedRows {
  readonly table: string;
  readonly bytes: Buffer;
  readonly lines: number;
}

/**
 * What an account owns at one instant: a transaction on a connection of its own, which sees nothing that comes later, and a
 * COPY for each table.
 */
export class ExportRows {
  private constructor(
    private readonly client: pg.Client,
    private readonly accountId: string,
    readonly columns: ReadonlyMap<string, TableColumns>,
    /** By the database's clock. */
    readonly at: Date,
  ) {}

  /** @param client not yet connected; `close` ends it */
  static async open(client: pg.Client, accountId: string): Promise<ExportRows> {
    try {
      await client.connect();
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(
        "SET LOCAL TIME ZONE 'UTC'; SET LOCAL jit = off; SET LOCAL idle_in_transaction_session_timeout = 0; " +
          "SET LOCAL DateStyle = 'ISO'; SET LOCAL bytea_output = 'hex'",
      );
      const { rows } = await client.query<{ at: Date }>("SELECT date_trunc('milliseconds', clock_timestamp()) AS at");
      return new ExportRows(client, accountId, await readTableColumns(client), rows[0]!.at);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  async slug(): Promise<string> {
    const { rows } = await this.client.query<{ slug: string }>('SELECT slug FROM accounts WHERE id = $1::uuid', [
      this.accountId,
    ]);
    return rows[0]!.slug;
  }

  async *read(): AsyncGenerator<ExportedRows> {
    for (const table of exportedTables) {
      const copied = CopyOut.read(this.client, this.statementOf(table));
      for await (const { bytes, lines } of copied) yield { table: table.name, bytes, lines };
    }
  }

  /** Ends the transaction with its connection. */
  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  /**
   * JSON has no control characters, so that nothing is ever quoted or escaped.
   * Plan: the primary key from one end to the other. Names are few and sorted, the same way under every collation.
   */
  private statementOf({ name, accountColumn }: ExportedTable): string {
    const { columns, key } = this.columns.get(name)!;
    const order = key.map((column) => `${quoted(column.name)}${column.isText ? ' COLLATE "C"' : ''}`);
    const [begin, end] = rowLineParts(name).map(pg.escapeLiteral);
    return `COPY (SELECT ${begin} || row_to_json(x)::text || ${end} FROM (
      SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(name)}
      WHERE ${accountColumn} = ${pg.escapeLiteral(this.accountId)}::uuid
      ${order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`}) AS x)
      TO STDOUT (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', ENCODING 'UTF8')`;
  }
}
