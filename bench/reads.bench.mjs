import { openCluster } from './harness/cluster.mjs';
import { deployEverywhere, measureReads, reads } from './harness/reads.mjs';
import { createTemplate, startFloor, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared } from './harness/statistics.mjs';

export const summary = 'GET /deployments/ and /environment-states/ against bench/floor: throughput, latency and CPU';
/** `only`: the reads to measure, by the beginnings of their names. `seconds`: measured per leg, after its warm-up. */
export const defaults = { connections: 16, pairs: 5, seconds: 3, only: '' };

const metrics = {
  requests_per_second: 'requests per second',
  p50_ms: 'p50, ms',
  p99_ms: 'p99, ms',
  service_cpu_ms: 'CPU of the service, ms per request',
  database_cpu_ms: 'CPU of PostgreSQL, ms per request',
  errors: 'errors',
};
const targets = { requests_per_second: '≥ 0.70' };
const template = 'bench_template';

export async function run({ connections, pairs, seconds, only }) {
  const cluster = await openCluster();
  try {
    await createTemplate(cluster, template, deployEverywhere);
    // Nothing is written by reads: both sides read one database, and each keeps what it has prepared.
    const database = await cluster.createDatabase('bench_leg', template);
    const services = { versioner: await startVersioner(database), floor: await startFloor(database) };
    const databasePid = await cluster.processId();
    try {
      const results = {};
      for (const [name, path] of Object.entries(reads).filter(([one]) => one.startsWith(only))) {
        console.log(`\n${name}: GET ${path}, ${connections} connections`);
        const leg = (service) => () => measureReads({ service, database, databasePid, path, connections, seconds });
        const legs = await inTurn(pairs, { versioner: leg(services.versioner), floor: leg(services.floor) }, tell);
        results[name] = { summary: compare(legs.versioner, legs.floor, Object.keys(metrics)), legs };
        printCompared(['versioner', 'floor'], results[name].summary, metrics, targets);
      }
      return { postgres: await cluster.version(), results };
    } finally {
      await services.versioner.stop();
      await services.floor.stop();
    }
  } finally {
    await cluster.dropDatabase('bench_leg');
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

function tell(leg, { requests_per_second: rate, p99_ms: p99, errors }) {
  console.log(`  ${leg}: ${rate.toFixed(0)} requests/s, p99 ${p99.toFixed(1)} ms, ${errors} errors`);
}
