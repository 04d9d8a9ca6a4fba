import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { endedWithBench } from './ended-with-bench.mjs';

/**
 * An embedded PostgreSQL, new in a temporary folder or in `dataDir`, which stays, with the settings that the service gives
 * its own: nothing is tuned, and what it answers is on disk. `settings` are those that it needs besides.
 */
export async function startEmbedded({ settings = {}, dataDir = null }) {
  const { EmbeddedPostgres } = await import('../../dist/database/embedded-postgres.js');
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'versioner-bench-')));
  const open = (durable) => EmbeddedPostgres.open({ dataDir: folder, as: 'serve', preferPort: true, durable });
  let server = null;
  const stop = endedWithBench(async () => {
    await server?.close();
    if (dataDir === null) await rm(folder, { recursive: true, force: true });
  });
  /** Starts it again with other settings; answers its new URL. */
  const restart = async (changed, { durable = true } = {}) => {
    await run(server.url, ['ALTER SYSTEM RESET ALL', ...assignments(changed)]);
    await server.close();
    server = await open(durable);
    return server.url;
  };
  try {
    server = await open(true);
    // What is kept may have been left in the middle of something else.
    if (dataDir !== null || Object.keys(settings).length > 0) await restart(settings);
    return { url: server.url, stop, restart, logFile: join(dirname(server.folder), 'postgres.log') };
  } catch (error) {
    await stop();
    throw error;
  }
}

const assignments = (settings) =>
  Object.entries(settings).map(([name, value]) => `ALTER SYSTEM SET ${name} = '${value}'`);

async function run(url, statements) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
