import { openCluster } from './harness/cluster.mjs';
import { measureDryRuns, measureEvents } from './harness/load.mjs';
import { createTemplate, onCopy, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared } from './harness/statistics.mjs';

export const summary = 'POST /preflight-checks/ against POST /deployment-events/, on the same service';
/** `seconds`: measured per leg, after its warm-up. */
export const defaults = { connections: 16, pairs: 5, seconds: 4 };

const metrics = {
  requests_per_second: 'requests per second',
  p99_ms: 'p99, ms',
  service_cpu_ms: 'CPU of the service, ms per request',
  database_cpu_ms: 'CPU of PostgreSQL, ms per request',
  errors: 'errors',
};
const targets = { requests_per_second: '≥ 1.2' };
const template = 'bench_template';

export async function run({ connections, pairs, seconds }) {
  const cluster = await openCluster();
  const leg = (measure) => () =>
    onCopy(cluster, template, startVersioner, (started) => measure({ ...started, connections, seconds }));
  try {
    await createTemplate(cluster, template);
    const legs = await inTurn(pairs, { 'dry run': leg(measureDryRuns), events: leg(measureEvents) }, (name, measured) =>
      console.log(`  ${name}: ${measured.requests_per_second.toFixed(0)} requests/s, ${measured.errors} errors`),
    );
    const results = compare(legs['dry run'], legs.events, Object.keys(metrics));
    printCompared(['dry run', 'events'], results, metrics, targets);
    return { postgres: await cluster.version(), summary: results, legs };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}
