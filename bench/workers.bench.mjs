import { openCluster } from './harness/cluster.mjs';
import { measureEvents } from './harness/load.mjs';
import { createTemplate, onCopy, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared } from './harness/statistics.mjs';

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
      const begin = (env) => (database) => startVersioner(database, { env });
      const measure = (started) => measureEvents({ ...started, connections: count, seconds });
      const leg = (env) => () => onCopy(cluster, template, begin(env), measure);
      const names = [`WORKERS=${workers}`, 'WORKERS=1'];
      const pair = { [names[0]]: leg({ WORKERS: String(workers) }), [names[1]]: leg({ WORKERS: '1' }) };
      const legs = await inTurn(pairs, pair, tell);
      results[count] = { summary: compare(legs[names[0]], legs[names[1]], Object.keys(metrics)), legs };
      printCompared(names, results[count].summary, metrics);
    }
    return { postgres: await cluster.version(), results };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

function tell(leg, { requests_per_second: rate, service_cpu_ms: cpu, errors }) {
  console.log(`  ${leg}: ${rate.toFixed(0)} requests/s, ${cpu?.toFixed(2)} ms of CPU each, ${errors} errors`);
}
