import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from './harness/cluster.mjs';
import { filledDatabase } from './harness/fill.mjs';
import { finish } from './harness/load.mjs';
import { connectedStreams, PacedLoad } from './harness/paced-load.mjs';
import { startVersioner } from './harness/services.mjs';
import { printTable } from './harness/statistics.mjs';
import { halfTopRate } from './harness/top-rate.mjs';

export const summary = 'the longest gap in the answers to events while the next release migrates a large database';
/**
 * `rows`: deployments. `data`: a folder in which the database stays and is found again, as it was. `rate`: events a second; 0
 * takes half of the top rate, which reads the whole database for its statistics first.
 */
export const defaults = { rows: 10_000_000, data: '', rate: 0 };

const targetMs = 1_000;

/** What a next release may bring: a column with a default, an index, a constraint that old rows are read for, a table. */
const nextRelease = [
  "ALTER TABLE deployment_events ADD COLUMN sample_kind text NOT NULL DEFAULT 'event'",
  'CREATE INDEX CONCURRENTLY deployment_events_sample ON deployment_events (account_id, version_id, received_at)',
  'ALTER TABLE preflight_checks ADD COLUMN sample integer',
  'CREATE INDEX CONCURRENTLY preflight_checks_sample ON preflight_checks (account_id, invoke_id)',
  'ALTER TABLE preflight_checks ADD CONSTRAINT sample_check CHECK (sample >= 0) NOT VALID',
  'ALTER TABLE preflight_checks VALIDATE CONSTRAINT sample_check',
  'CREATE TABLE samples (account_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (account_id, id), FOREIGN KEY (account_id) REFERENCES accounts (id))',
].map((sql, i) => ({ name: `29991231000${i}00_sample_${i}`, sql: `${sql};` }));

const undo = [
  'DROP TABLE IF EXISTS samples',
  'DROP INDEX IF EXISTS deployment_events_sample, preflight_checks_sample',
  'ALTER TABLE deployment_events DROP COLUMN IF EXISTS sample_kind, DROP COLUMN IF EXISTS sample_more',
  'ALTER TABLE preflight_checks DROP COLUMN IF EXISTS sample',
  "DELETE FROM _prisma_migrations WHERE migration_name LIKE '29991231%'",
];

export async function run({ rows, data, rate: given }) {
  const folder = data === '' ? null : resolve(data);
  const cluster = await openCluster({ dataDir: folder });
  try {
    const url = await filledDatabase(cluster, rows, { folder });
    const database = `bench_filled_${rows}`;
    const service = await startVersioner(url);
    try {
      const rate = await halfTopRate(service, url, given);
      return print(await measure(cluster, service, { url, database, rate }));
    } finally {
      await service.stop();
      for (const sql of undo) await cluster.query(sql, { database });
    }
  } finally {
    await cluster.stop();
  }
}

async function measure(cluster, service, { url, database, rate }) {
  const { migrate } = await import('../dist/database/migrate.js');
  const { readMigrations } = await import('../dist/database/migrations.js');
  const present = await readMigrations();
  const streams = connectedStreams(64, `${Date.now().toString(36)}.`);
  const load = new PacedLoad({ url: service.url, rate, streams: [...streams] });
  try {
    await load.run(2);
    load.take();
    const before = await during(load, () => sleep(10_000));
    const steps = [];
    for (let i = 0; i < nextRelease.length; i++) {
      const next = [...present, ...nextRelease.slice(0, i + 1)];
      steps.push({ sql: nextRelease[i].sql, ...(await during(load, () => migrate(url, next))) });
      tell(steps.at(-1));
    }
    // A report that somebody runs meanwhile: the migration must not wait for it with everybody behind.
    const column = {
      name: '29991231001000_sample_behind_a_read',
      sql: 'ALTER TABLE deployment_events ADD COLUMN sample_more text;',
    };
    const reading = cluster.query('SELECT count(*), pg_sleep(5) FROM (SELECT FROM deployment_events LIMIT 1) AS few', {
      database,
    });
    const behind = await during(load, () => migrate(url, [...present, ...nextRelease, column]));
    await reading;
    steps.push({ sql: `${column.sql} -- behind a read of five seconds`, ...behind });
    tell(steps.at(-1));
    await finish(service.url, streams);
    return { rate, before, steps };
  } catch (error) {
    await finish(service.url, streams).catch(() => undefined);
    throw error;
  } finally {
    load.close();
  }
}

/** Events flow while something is done. */
async function during(load, work) {
  const began = performance.now();
  let isOver = false;
  const working = work().finally(() => (isOver = true));
  working.catch(() => undefined);
  await load.run(Infinity, () => isOver);
  await working;
  return { seconds: (performance.now() - began) / 1000, ...load.take() };
}

function tell({ sql, seconds, longest_gap_ms: gap, max_ms: max, errors }) {
  console.log(
    `  ${seconds.toFixed(1)} s, gap ${gap.toFixed(0)} ms, longest ${max.toFixed(0)} ms, ${errors} errors: ${sql.slice(0, 60)}`,
  );
}

function print(measured) {
  const { before, steps } = measured;
  const row = (words, { seconds, p99_ms: p99, max_ms: max, longest_gap_ms: gap, errors }) => [
    words,
    seconds.toFixed(1),
    p99.toFixed(0),
    max.toFixed(0),
    gap.toFixed(0),
    String(errors),
  ];
  printTable([
    ['', 'seconds', 'p99, ms', 'longest, ms', `longest gap, ms (≤ ${targetMs})`, 'errors'],
    row('events alone', before),
    ...steps.map((step) => row(step.sql.slice(0, 70), step)),
  ]);
  const worst = Math.max(...steps.map(({ longest_gap_ms: gap }) => gap));
  console.log(`\nlongest gap between two answers: ${worst.toFixed(0)} ms; to reach: ≤ ${targetMs} ms`);
  return { ...measured, longest_gap_ms: worst };
}
