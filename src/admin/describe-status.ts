import { stat } from 'node:fs/promises';
import pg from 'pg';
import { version } from '../common/version.js';
import type { Env } from '../config/env.js';
import { clusterFolderOf } from '../database/embedded/cluster.js';
import { readMigrationStatus } from '../database/migrate.js';
import { type OpenDatabase, openDatabase } from '../database/open-database.js';

/** What an operator asks first: which release, which database, is its schema up to date, whose is it. No secrets. */
export async function describeStatus(env: Env): Promise<string> {
  if (env.databaseUrl === null && !(await exists(clusterFolderOf(env.dataDir)))) {
    return table([
      ['Release', version],
      ['Database', `embedded PostgreSQL, not made yet; the first start makes it in ${clusterFolderOf(env.dataDir)}`],
    ]);
  }
  const database = await openDatabase(env, { as: 'visit', patienceMs: 0 });
  try {
    const { applied, pending, unfinished } = await readMigrationStatus(database.url);
    const { server, accounts } = await look(database.url, applied.length > 0);
    return table([
      ['Release', version],
      ['Database', `${whereIs(database)} (PostgreSQL ${server})`],
      ['Schema', `${applied.length} migrations applied, ${pending.length} pending, ${unfinished.length} unfinished`],
      ...pending.map((name) => ['', `pending: ${name}`] as const),
      ...unfinished.map((name) => ['', `unfinished: ${name}`] as const),
      ['Accounts', accounts.length === 0 ? 'none yet' : accounts.join(', ')],
    ]);
  } finally {
    await database.close();
  }
}

function whereIs({ url, embedded }: OpenDatabase): string {
  if (embedded === null) {
    const { host, port, database } = new pg.Client({ connectionString: url });
    return `${database} at ${host}:${port}`;
  }
  return `embedded, in ${embedded.folder}, ${embedded.wasRunning ? `running as process ${embedded.pid}` : 'not running'}`;
}

async function look(url: string, hasTables: boolean): Promise<{ server: string; accounts: string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server: string }>("SELECT current_setting('server_version') AS server");
    const accounts = hasTables ? await client.query<{ slug: string }>('SELECT slug FROM accounts ORDER BY slug') : null;
    return { server: rows[0]?.server ?? '', accounts: accounts?.rows.map(({ slug }) => slug) ?? [] };
  } finally {
    await client.end();
  }
}

function table(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([title, text]) => `${title.padEnd(10)}${text}\n`).join('');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
