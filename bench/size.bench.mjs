import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openCluster } from './harness/cluster.mjs';
import { EventStream } from './harness/event-stream.mjs';
import { send } from './harness/load.mjs';
import { createTemplate, startVersioner } from './harness/services.mjs';
import { printTable } from './harness/statistics.mjs';

export const summary = 'bytes that one event takes on disk, by table and by index, and in the write-ahead log';
/** `events`: sent over so many connections, half of them starts and half of them ends of new deployments. */
export const defaults = { events: 20_000, connections: 16 };

const template = 'bench_template';

export async function run({ events, connections }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const url = await cluster.createDatabase('bench_leg', template);
    const service = await startVersioner(url);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const streams = Array.from({ length: connections }, (_, i) => new EventStream(i, connections));
      await send({ url: service.url, streams, amount: connections * streams[0].round });
      await sealed(client);
      const before = await measure(client);
      const { errors } = await send({ url: service.url, streams, amount: events });
      if (errors > 0) throw new Error(`${errors} of ${events} events failed`);
      await sealed(client);
      const after = await measure(client);
      const results = differences(before, after, events);
      print(results);
      return { postgres: await cluster.version(), events, ...results };
    } finally {
      await client.end();
      await service.stop();
    }
  } finally {
    await cluster.dropDatabase('bench_leg');
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

/** The audit log is sealed beside the events: what that writes belongs to them. */
async function sealed(client) {
  while ((await client.query('SELECT FROM audit_unsealed LIMIT 1')).rows.length > 0) await sleep(100);
}

/** Sizes without what is dead, and how far the write-ahead log has come; both begin and end right after a checkpoint. */
async function measure(client) {
  const { rows: log } = await client.query(`SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes`);
  await client.query('VACUUM');
  await client.query('CHECKPOINT');
  const { rows: tables } = await client.query(
    `SELECT c.relname AS name, pg_table_size(c.oid)::float8 AS rows_bytes, pg_indexes_size(c.oid)::float8 AS index_bytes
     FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
  );
  const { rows: begun } = await client.query(`SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes`);
  return {
    tables: new Map(tables.map((row) => [row.name, row])),
    until: Number(log[0].bytes),
    from: Number(begun[0].bytes),
  };
}

function differences(before, after, events) {
  const tables = [...after.tables.values()]
    .map(({ name, rows_bytes: rows, index_bytes: indexes }) => ({
      name,
      rows: (rows - before.tables.get(name).rows_bytes) / events,
      indexes: (indexes - before.tables.get(name).index_bytes) / events,
    }))
    .filter(({ rows, indexes }) => rows + indexes >= 1)
    .toSorted((a, b) => b.rows + b.indexes - a.rows - a.indexes);
  const sum = (part) => tables.reduce((total, table) => total + table[part], 0);
  return {
    tables,
    rows: sum('rows'),
    indexes: sum('indexes'),
    write_ahead_log: (after.until - before.from) / events,
  };
}

function print({ tables, rows, indexes, write_ahead_log: log }) {
  console.log('\nbytes per event');
  printTable([
    ['', 'rows', 'indexes', 'both'],
    ...[...tables, { name: 'all', rows, indexes }].map((table) => [
      table.name,
      table.rows.toFixed(0),
      table.indexes.toFixed(0),
      (table.rows + table.indexes).toFixed(0),
    ]),
  ]);
  console.log(`\nwrite-ahead log: ${log.toFixed(0)} bytes per event`);
}
