import { resolve } from 'node:path';
import { openCluster } from './harness/cluster.mjs';
import { filledDatabase } from './harness/fill.mjs';
import { printTable } from './harness/statistics.mjs';

export const summary = 'fills a database with years of use: deployments, four events of each, checks, audit log';
/** `rows`: deployments; several numbers make several databases. `data`: a folder in which they stay, empty for none. */
export const defaults = { rows: '10000', data: '' };

export async function run({ rows, data }) {
  const folder = data === '' ? null : resolve(data);
  const cluster = await openCluster({ dataDir: folder });
  try {
    const sizes = {};
    for (const count of String(rows).split(',').map(Number)) {
      console.log(`\n${count} deployments`);
      const begin = performance.now();
      await filledDatabase(cluster, count, { folder });
      console.log(`  filled in ${((performance.now() - begin) / 60_000).toFixed(1)} minutes`);
      sizes[count] = await sizesOf(cluster, `bench_filled_${count}`);
      print(sizes[count]);
    }
    return { postgres: await cluster.version(), sizes };
  } finally {
    await cluster.stop();
  }
}

async function sizesOf(cluster, database) {
  return cluster.query(
    `SELECT c.relname AS table, c.reltuples::float8 AS rows, pg_table_size(c.oid)::float8 AS bytes,
       pg_indexes_size(c.oid)::float8 AS index_bytes
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     WHERE c.relkind IN ('r', 'p') AND c.reltuples > 0 ORDER BY pg_total_relation_size(c.oid) DESC`,
    { database },
  );
}

function print(sizes) {
  const mib = (bytes) => (bytes / 2 ** 20).toFixed(0);
  printTable([
    ['table', 'rows', 'MiB', 'bytes per row', 'MiB of indexes'],
    ...sizes
      .filter(({ rows }) => rows > 100)
      .map((one) => [
        one.table,
        `${one.rows}`,
        mib(one.bytes),
        (one.bytes / one.rows).toFixed(0),
        mib(one.index_bytes),
      ]),
  ]);
  const all = sizes.reduce((sum, { bytes, index_bytes: more }) => sum + bytes + more, 0);
  console.log(`${mib(all)} MiB in all`);
}
