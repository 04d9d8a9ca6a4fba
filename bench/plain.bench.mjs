import { openCluster } from './harness/cluster.mjs';
import { measureEvents } from './harness/load.mjs';
import { createTemplate, onCopy, startPlain, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared } from './harness/statistics.mjs';

export const summary =
  'POST /deployment-events/ against bench/plain, which does an event in one interactive transaction';
/** `seconds`: measured per leg, after its warm-up. */
export const defaults = { connections: 16, pairs: 5, seconds: 5 };

const metrics = {
  requests_per_second: 'requests per second',
  p99_ms: 'p99, ms',
  service_cpu_ms: 'CPU of the service, ms per event',
  database_cpu_ms: 'CPU of PostgreSQL, ms per event',
  errors: 'errors',
};
const targets = { requests_per_second: '≥ 7' };
const template = 'bench_template';

export async function run({ connections, pairs, seconds }) {
  const cluster = await openCluster();
  const leg = (begin) => () =>
    onCopy(cluster, template, begin, (started) => measureEvents({ ...started, connections, seconds }));
  try {
    await createTemplate(cluster, template);
    const legs = await inTurn(pairs, { versioner: leg(startVersioner), plain: leg(startPlain) }, (name, measured) =>
      console.log(`  ${name}: ${measured.requests_per_second.toFixed(0)} requests/s, ${measured.errors} errors`),
    );
    const results = compare(legs.versioner, legs.plain, Object.keys(metrics));
    printCompared(['versioner', 'plain'], results, metrics, targets);
    return { postgres: await cluster.version(), summary: results, legs };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}
