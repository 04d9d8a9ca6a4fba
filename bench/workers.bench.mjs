import { openCluster } from './harness/cluster.mjs';
import { measureEvents } from './harness/load.mjs';
import { createTemplate, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printTable, shown } from './harness/statistics.mjs';

export const summary =
  'events with WORKERS=2 against WORKERS=1: what workers cost, since two cores cannot show what they bring';
/** `connections`: a run for each of them. `seconds`: measured per leg, after its warm-up. */
export const defaults = { workers: 2, connections: '16,64', pairs: 5, seconds: 4 };

const template = 'bench_template';
const metrics = {
  requests_per_second: 'requests per second',
  p50_ms: 'p50, ms',
  p99_ms: 'p99, ms',
  service_cpu_ms: 'CPU of the service, ms per event',
  database_cpu_ms: 'CPU of PostgreSQL, ms per event',
  errors: 'errors',
};

export async function run({ workers, connections, pairs, seconds }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template);
    const results = {};
    for (const count of String(connections).split(',').map(Number)) {
      console.log(`\n${count} ${count === 1 ? 'connection' : 'connections'}`);
      const leg = (env) => () => measureLeg(cluster, env, count, seconds);
      const names = [`WORKERS=${workers}`, 'WORKERS=1'];
      const pair = { [names[0]]: leg({ WORKERS: String(workers) }), [names[1]]: leg({ WORKERS: '1' }) };
      const legs = await inTurn(pairs, pair, tell);
      results[count] = { summary: compare(legs[names[0]], legs[names[1]], Object.keys(metrics)), legs };
      print(names, results[count].summary);
    }
    return { postgres: await cluster.version(), results };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function measureLeg(cluster, env, connections, seconds) {
  const database = await cluster.createDatabase('bench_leg', template);
  const service = await startVersioner(database, { env });
  try {
    return await measureEvents({ service, database, databasePid: await cluster.processId(), connections, seconds });
  } finally {
    await service.stop();
    await cluster.dropDatabase('bench_leg');
  }
}

function tell(leg, { requests_per_second: rate, service_cpu_ms: cpu, errors }) {
  console.log(`  ${leg}: ${rate.toFixed(0)} requests/s, ${cpu?.toFixed(2)} ms of CPU each, ${errors} errors`);
}

function print(names, results) {
  console.log('\nmedian (minimum…maximum)');
  printTable([
    ['', ...names, 'ratio'],
    ...Object.entries(metrics).map(([metric, words]) => {
      const { one, other, ratio } = results[metric];
      return [words, shown(one), shown(other), metric === 'errors' ? '' : shown(ratio)];
    }),
  ]);
}
