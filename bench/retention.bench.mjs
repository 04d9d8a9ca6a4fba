import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openCluster } from './harness/cluster.mjs';
import { countOldRows, layOldRows } from './harness/old-rows.mjs';
import { connectedStreams, PacedLoad } from './harness/paced-load.mjs';
import { createTemplate, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printTable, shown } from './harness/statistics.mjs';
import { halfTopRate } from './harness/top-rate.mjs';

export const summary = 'latency of events while retention removes a million old rows, against the same without';
/** `seconds`: of each leg, with and without in turn. `rate`: events a second; 0 takes half of the top rate. */
export const defaults = { rows: 1_000_000, pairs: 8, seconds: 15, rate: 0 };

const template = 'bench_template';
const database = 'bench_leg';
const adminCommand = fileURLToPath(new URL('../dist/admin/main.js', import.meta.url));

export async function run({ rows, pairs, seconds, rate: given }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const url = await cluster.createDatabase(database, template);
    await layOldRows(cluster, database, rows);
    await cluster.query('UPDATE accounts SET retain_events_days = 1, retain_checks_days = 1', { database });
    const service = await startVersioner(url);
    try {
      const rate = await halfTopRate(service, url, given);
      return await measure(cluster, service, url, { rate, pairs, seconds });
    } finally {
      await service.stop();
    }
  } finally {
    await cluster.dropDatabase(database);
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function measure(cluster, service, url, { rate, pairs, seconds }) {
  const load = new PacedLoad({ url: service.url, rate, streams: connectedStreams(64) });
  const leg = async () => {
    await load.run(1);
    load.take();
    await load.run(seconds);
    return load.take();
  };
  const before = await countOldRows(cluster, database);
  try {
    const legs = await inTurn(pairs, { without: leg, with: () => whileRemoving(cluster, url, leg) }, tell);
    const removed = before - (await countOldRows(cluster, database));
    return print({ rate, before, removed, legs });
  } finally {
    load.close();
  }
}

/**
 * The command does what the service does by itself once a day; one that is ended goes on where it was. Measured is the
 * removal, not the start of the command.
 */
async function whileRemoving(cluster, url, leg) {
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', DATABASE_URL: url };
  const before = await removedSoFar(cluster);
  const child = spawn(process.execPath, [adminCommand, 'retention', 'run'], { env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    while (child.exitCode === null && (await removedSoFar(cluster)) === before) await sleep(50);
    return { ...(await leg()), endedEarly: child.exitCode !== null };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

async function removedSoFar(cluster) {
  const text = `SELECT coalesce(sum(deployment_events + preflight_checks), 0)::float8 AS rows
    FROM retention_runs WHERE finished_at IS NULL`;
  return (await cluster.query(text, { database }))[0].rows;
}

function tell(leg, { p50_ms: p50, p99_ms: p99, errors, faults, endedEarly }) {
  const met = errors === 0 ? '' : ` ${JSON.stringify(faults)}`;
  const words = met + (endedEarly === true ? ', all rows were gone before its end' : '');
  console.log(`  ${leg}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${errors} errors${words}`);
}

function print({ rate, before, removed, legs }) {
  const summary = compare(legs.with, legs.without, ['p50_ms', 'p99_ms', 'max_ms', 'errors']);
  console.log(`\n${removed} of ${before} old rows removed; median (minimum…maximum)`);
  const row = (words, { one, other, ratio }, target) => [words, shown(one), shown(other), shown(ratio), target];
  printTable([
    ['', 'with retention', 'without', 'ratio', 'to reach'],
    row('p50, ms', summary.p50_ms, ''),
    row('p99, ms', summary.p99_ms, '≤ 1.5'),
    row('longest, ms', summary.max_ms, ''),
    ['errors', shown(summary.errors.one), shown(summary.errors.other), '', '0'],
  ]);
  return { rate, old_rows: before, removed, summary, legs };
}
