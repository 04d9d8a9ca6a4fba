import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { endedWithBench } from './ended-with-bench.mjs';

/**
 * A new embedded PostgreSQL in a temporary folder, with the settings that the service gives its own: nothing is tuned,
 * and what it answers is on disk. `preload` goes into shared_preload_libraries.
 */
export async function startEmbedded({ preload }) {
  const { EmbeddedPostgres } = await import('../../dist/database/embedded-postgres.js');
  const dataDir = await mkdtemp(join(tmpdir(), 'versioner-bench-'));
  const open = () => EmbeddedPostgres.open({ dataDir, as: 'serve', preferPort: true });
  let server = null;
  const stop = endedWithBench(async () => {
    await server?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  try {
    server = await open();
    if (preload !== undefined) {
      await run(server.url, `ALTER SYSTEM SET shared_preload_libraries = '${preload}'`);
      await server.close();
      server = await open();
    }
    return { url: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function run(url, statement) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
