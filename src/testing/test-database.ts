import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../database/migrate.js';
import { checksumOf, readMigrations } from '../database/migrations.js';

/** duplicate_database, or a rival that creates the same name in the same moment. */
const alreadyThere = new Set(['42P04', '23505']);
/** A connection to it that has just ended, or been ended, may be seen a moment longer. */
const inUse = '55006';

/** Makes a migrated database of its own in the given cluster, and answers its URL. */
export async function createTestDatabase(clusterUrl: string): Promise<string> {
  const template = await templateFor(clusterUrl);
  const name = `versioner_test_${randomBytes(8).toString('hex')}`;
  await whenUnused(() => run(clusterUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`));
  return urlOf(clusterUrl, name);
}

/** Drops it, whoever is still connected. */
export async function dropTestDatabase(clusterUrl: string, databaseUrl: string): Promise<void> {
  await run(clusterUrl, `DROP DATABASE IF EXISTS ${new URL(databaseUrl).pathname.slice(1)} WITH (FORCE)`);
}

/** A migrated database to copy, named after the migrations: made once in a cluster, whichever suite comes first. */
async function templateFor(clusterUrl: string): Promise<string> {
  const template = `versioner_template_${checksumOf(await readMigrations())}`;
  const known = await run(clusterUrl, `SELECT FROM pg_database WHERE datname = '${template}'`);
  if (known.rowCount === 1) return template;

  // Migrated under another name and renamed at the end: nobody ever copies half a schema.
  const draft = `versioner_draft_${randomBytes(8).toString('hex')}`;
  await run(clusterUrl, `CREATE DATABASE ${draft}`);
  try {
    await migrate(urlOf(clusterUrl, draft));
    // A pooler would keep its connections, and what has connections can be neither renamed nor copied.
    await run(clusterUrl, `ALTER DATABASE ${draft} ALLOW_CONNECTIONS false`);
    await run(clusterUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${draft}'`);
    await whenUnused(() => run(clusterUrl, `ALTER DATABASE ${draft} RENAME TO ${template}`));
  } catch (error) {
    await run(clusterUrl, `DROP DATABASE ${draft} WITH (FORCE)`);
    if (!alreadyThere.has((error as { code?: string }).code ?? '')) throw error;
  }
  return template;
}

async function whenUnused(action: () => Promise<unknown>): Promise<void> {
  for (let triesLeft = 50; ; triesLeft--) {
    try {
      await action();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== inUse || triesLeft === 0) throw error;
      await sleep(100);
    }
  }
}

async function run(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(clusterUrl: string, database: string): string {
  const url = new URL(clusterUrl);
  url.pathname = `/${database}`;
  return url.href;
}
