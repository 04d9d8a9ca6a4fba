import pg from 'pg';
import { StartError } from '../common/errors/start.error.js';
import { shownText } from '../common/shown-text.js';
import type { ExportHeader } from './export-format.js';
import type { RestoredRow } from './export-reader.js';
import { type ExportedTable, exportedTables } from './exported-tables.js';
import { quoted, readTableColumns, type TableColumns } from './table-columns.js';

/** So much is sent at once: about so many characters, and so many rows at most. */
const aimLength = 48 * 1024;
const mostRows = 1_000;

/** 32 bytes that nobody has seen, in every database without an extension: no secret has this hash. */
const randomBytes = 'uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())';

interface Target extends ExportedTable {
  readonly place: number;
  /** Of the rows in the file. */
  readonly columns: readonly string[];
  readonly key: TableColumns['key'];
}

/** Puts the rows of an export into an empty account, in the caller's transaction. */
export class RestoreRows {
  private waiting: { target: Target; rows: string[]; length: number } | null = null;
  /** What is to be set at the end. */
  private readonly later: { readonly target: Target; readonly rows: string }[] = [];
  readonly counts = new Map<string, number>();

  private constructor(
    private readonly client: pg.Client,
    private readonly accountId: string,
    private readonly slug: string,
    private readonly targets: ReadonlyMap<string, Target>,
  ) {}

  /**
   * @param slug what the account is to be called here
   * @throws StartError for an export with tables or columns that this release does not know
   */
  static async open(client: pg.Client, { account, tables, release }: ExportHeader, slug: string): Promise<RestoreRows> {
    const known = await readTableColumns(client);
    const targets = tables.map(({ name, columns }): [string, Target] => {
      const place = exportedTables.findIndex((table) => table.name === name);
      const own = known.get(name);
      const strange =
        own === undefined || place === -1 ? name : columns.find((column) => !own.columns.includes(column));
      if (own === undefined || strange !== undefined) {
        throw new StartError(
          `The export holds "${strange}", which this release does not know: import it with release ${release} or later.`,
        );
      }
      return [name, { ...exportedTables[place]!, place, columns, key: own.key }];
    });
    return new RestoreRows(client, account.id, slug, new Map(targets));
  }

  /** Takes the next row of the file. @throws StartError for rows that are out of order or cannot be restored */
  async add({ table, row }: RestoredRow): Promise<void> {
    const target = this.targets.get(table);
    if (target === undefined)
      throw new StartError(`The file holds rows of "${table}", which its header does not name.`);
    if (this.waiting !== null && this.waiting.target !== target) {
      if (this.waiting.target.place > target.place)
        throw new StartError(`Rows of "${table}" come too late in the file.`);
      await this.send();
    }
    this.waiting ??= { target, rows: [], length: 0 };
    this.waiting.rows.push(row);
    this.waiting.length += row.length;
    if (this.waiting.rows.length >= mostRows || this.waiting.length >= aimLength) await this.send();
  }

  /** Sends what waits, and sets what refers to rows that came later. */
  async finish(): Promise<void> {
    await this.send();
    for (const { target, rows } of this.later) await this.run(target, setAtEnd(target), rows);
  }

  private async send(): Promise<void> {
    if (this.waiting === null) return;
    const { target, rows } = this.waiting;
    this.waiting = null;
    const json = `[${rows.join(',')}]`;
    await this.run(target, insertInto(target, this.slug), json);
    if (target.setAtEnd.length > 0) this.later.push({ target, rows: json });
    this.counts.set(target.name, (this.counts.get(target.name) ?? 0) + rows.length);
  }

  private async run(target: Target, statement: string, rows: string): Promise<void> {
    try {
      await this.client.query(statement, [this.accountId, rows]);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // Class 22 and 23: what the rows hold; anything else is not the file's fault.
      if (code === undefined || !/^2[23]/.test(code)) throw error;
      throw new StartError(`Rows of "${target.name}" cannot be restored: ${shownText(message)}.`);
    }
  }
}

/** $1 account, $2 the rows as a JSON array: PostgreSQL reads what PostgreSQL wrote. */
function insertInto({ name, accountColumn, columns, setAtEnd: later, withheld }: Target, slug: string): string {
  const own = columns.filter((column) => !later.includes(column));
  const read = (column: string) =>
    name === 'accounts' && column === 'slug' ? pg.escapeLiteral(slug) : `r.${quoted(column)}`;
  const made = withheld.filter(({ restoredAs }) => restoredAs === 'random').map(({ column }) => column);
  return `INSERT INTO ${quoted(name)} (${[accountColumn, ...own, ...made].map(quoted).join(', ')})
    SELECT ${['$1::uuid', ...own.map(read), ...made.map(() => randomBytes)].join(', ')}
    FROM json_populate_recordset(NULL::${quoted(name)}, $2::json) AS r`;
}

/** The same parameters. */
function setAtEnd({ name, accountColumn, setAtEnd: later, key }: Target): string {
  return `UPDATE ${quoted(name)} t SET ${later.map((column) => `${quoted(column)} = r.${quoted(column)}`).join(', ')}
    FROM json_populate_recordset(NULL::${quoted(name)}, $2::json) AS r
    WHERE t.${accountColumn} = $1::uuid AND ${key.map((column) => `t.${quoted(column.name)} = r.${quoted(column.name)}`).join(' AND ')}
      AND (${later.map((column) => `r.${quoted(column)} IS NOT NULL`).join(' OR ')})`;
}
