import { openCluster } from './harness/cluster.mjs';
import { measureEvents } from './harness/load.mjs';
import { createTemplate, onCopy, startFloor, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared } from './harness/statistics.mjs';

export const summary = 'POST /deployment-events/ against bench/floor: throughput, latency and CPU per event';
/** `connections`: a run for each of them. `seconds`: measured per leg, after its warm-up. */
export const defaults = { connections: '16,64,1', pairs: 5, seconds: 5 };

const metrics = {
  requests_per_second: 'requests per second',
  p50_ms: 'p50, ms',
  p99_ms: 'p99, ms',
  service_cpu_ms: 'CPU of the service, ms per event',
  database_cpu_ms: 'CPU of PostgreSQL, ms per event',
  generator_cpu_ms: 'CPU of the generator, ms per event',
  errors: 'errors',
};
/** As ratios to the floor. */
const targets = {
  1: { p50_ms: '≤ 2.5' },
  16: { requests_per_second: '≥ 0.70', p99_ms: '≤ 1.5', service_cpu_ms: '≤ 3', database_cpu_ms: '≤ 0.7' },
  64: { requests_per_second: '≥ 0.90', p99_ms: '≤ 1.5' },
};
const template = 'bench_template';

export async function run({ connections, pairs, seconds }) {
  const cluster = await openCluster();
  const leg = (begin, count) => () =>
    onCopy(cluster, template, begin, (started) => measureEvents({ ...started, connections: count, seconds }));
  try {
    await createTemplate(cluster, template);
    const results = {};
    for (const count of String(connections).split(',').map(Number)) {
      console.log(`\n${count} ${count === 1 ? 'connection' : 'connections'}`);
      const legs = await inTurn(
        pairs,
        {
          versioner: leg(startVersioner, count),
          floor: leg(startFloor, count),
        },
        tell,
      );
      results[count] = { summary: compare(legs.versioner, legs.floor, Object.keys(metrics)), legs };
      printCompared(['versioner', 'floor'], results[count].summary, metrics, targets[count]);
    }
    return { postgres: await cluster.version(), results };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

function tell(leg, { requests_per_second: rate, p99_ms: p99, errors }) {
  console.log(`  ${leg}: ${rate.toFixed(0)} requests/s, p99 ${p99.toFixed(1)} ms, ${errors} errors`);
}
