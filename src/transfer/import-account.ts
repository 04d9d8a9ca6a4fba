import pg from 'pg';
import { v7 as newId } from 'uuid';
import { StartError } from '../common/errors/start.error.js';
import { turnOffJit } from '../database/jit.js';
import { type ExportHeader, exportFormat } from './export-format.js';
import { ExportReader } from './export-reader.js';
import { exportedTables } from './exported-tables.js';
import { RestoreRows } from './restore-rows.js';

/** What an import has restored. */
export interface ImportedAccount {
  readonly slug: string;
  readonly exportedAt: string;
  /** Rows by table, without those of which there were none. */
  readonly rows: ReadonlyMap<string, number>;
}

/**
 * Restores an exported account in one transaction: all of it, and checked to its last line, or nothing.
 *
 * @param as another slug for it; null: its own
 * @throws StartError where the account is here already, and for a file that is no export, was cut off or changed
 */
export async function importAccount(
  databaseUrl: string,
  chunks: AsyncIterable<Buffer>,
  as: string | null,
): Promise<ImportedAccount> {
  const reader = new ExportReader(chunks);
  const header = await reader.header();
  const slug = as ?? header.account.slug;
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'versioner import' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await turnOffJit(client);
    await client.query('BEGIN');
    await client.query("SET LOCAL TIME ZONE 'UTC'; SET LOCAL idle_in_transaction_session_timeout = 0");
    await client.query('LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE');
    await requireNew(client, header.account.id, slug);
    // The links of the audit log, and the queue of what has none yet, come with the file.
    await client.query("SELECT set_config('versioner.audit_import', 'on', true)");
    const rows = await RestoreRows.open(client, header, slug);
    for await (const row of reader.rows()) await rows.add(row);
    await rows.finish();
    if (rows.counts.get('accounts') !== 1) throw new StartError('The export does not hold its own account.');
    await client.query("SELECT set_config('versioner.audit_import', 'off', true)");
    await recordImport(client, header, rows.counts);
    await client.query('COMMIT');
    // So that the first requests are planned by what is there now, and not by an empty table.
    await client.query(`ANALYZE ${exportedTables.map(({ name }) => `"${name}"`).join(', ')}`);
    return { slug, exportedAt: header.exported_at, rows: rows.counts };
  } finally {
    // Ends the transaction, where it is still open.
    await client.end().catch(() => undefined);
  }
}

async function requireNew(client: pg.Client, id: string, slug: string): Promise<void> {
  const { rows } = await client.query<{ id: string; slug: string }>(
    'SELECT id, slug FROM accounts WHERE id::text = $1 OR slug = $2 ORDER BY (id::text = $1) DESC',
    [id, slug],
  );
  const found = rows[0];
  if (found === undefined) return;
  throw new StartError(
    found.id === id
      ? `The account is here already, as "${found.slug}": an export is restored into a database without it.`
      : `There is another account "${slug}" here already: give the imported one another slug with --as.`,
  );
}

/** The entry that tells of it, with what the account was called. */
async function recordImport(
  client: pg.Client,
  header: ExportHeader,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const after = {
    format: exportFormat,
    version: header.version,
    release: header.release,
    exported_at: header.exported_at,
    slug: header.account.slug,
    rows: Object.fromEntries(counts),
  };
  await client.query(
    `INSERT INTO audit_log (account_id, id, at, actor_kind, action, resource_type, resource_id, after)
     VALUES ($1::uuid, $2::uuid, date_trunc('milliseconds', clock_timestamp()), 'operator', 'account.imported', 'account', $1::uuid, $3::jsonb)`,
    [header.account.id, newId(), JSON.stringify(after)],
  );
}
