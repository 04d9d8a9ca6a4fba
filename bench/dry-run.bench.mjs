import autocannon from 'autocannon';
import { openCluster } from './harness/cluster.mjs';
import { EventStream, environmentNames, productCount } from './harness/event-stream.mjs';
import { measureEvents, send } from './harness/load.mjs';
import { apiKey, createTemplate, startVersioner } from './harness/services.mjs';
import { compare, inTurn, printTable, shown } from './harness/statistics.mjs';

export const summary = 'POST /preflight-checks/ against POST /deployment-events/, on the same service';
/** `seconds`: measured per leg, after its warm-up. */
export const defaults = { connections: 16, pairs: 5, seconds: 4 };

const metrics = { requests_per_second: 'requests per second', p99_ms: 'p99, ms', errors: 'errors' };
const targets = { requests_per_second: '≥ 1.2' };
const template = 'bench_template';

export async function run({ connections, pairs, seconds }) {
  const cluster = await openCluster();
  const leg = (measure) => async () => {
    const database = await cluster.createDatabase('bench_leg', template);
    const service = await startVersioner(database);
    try {
      return await measure({ service, database, databasePid: await cluster.processId(), connections, seconds });
    } finally {
      await service.stop();
      await cluster.dropDatabase('bench_leg');
    }
  };
  try {
    await createTemplate(cluster, template);
    const legs = await inTurn(pairs, { 'dry run': leg(measureDryRuns), events: leg(measureEvents) }, (name, measured) =>
      console.log(`  ${name}: ${measured.requests_per_second.toFixed(0)} requests/s, ${measured.errors} errors`),
    );
    const results = compare(legs['dry run'], legs.events, Object.keys(metrics));
    console.log('\nmedian (minimum…maximum)');
    printTable([
      ['', 'dry run', 'events', 'ratio', 'to reach'],
      ...Object.entries(metrics).map(([metric, words]) => {
        const { one, other, ratio } = results[metric];
        return [words, shown(one), shown(other), metric === 'errors' ? '' : shown(ratio), targets[metric] ?? ''];
      }),
    ]);
    return { postgres: await cluster.version(), summary: results, legs };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

/** After the same warm-up as events have: every product and environment has had a deployment. */
async function measureDryRuns({ service, connections, seconds }) {
  const streams = Array.from({ length: connections }, (_, i) => new EventStream(i, connections));
  const warmUp = await send({ url: service.url, streams, amount: connections * streams[0].round });
  if (warmUp.errors > 0) throw new Error(`The warm-up met ${warmUp.errors} errors`);
  let asked = 0;
  const question = () => {
    const cell = asked++ % (productCount * environmentNames.length);
    return JSON.stringify({
      product_name: `service-${Math.floor(cell / environmentNames.length)}`,
      version: `2.${asked}`,
      environment_name: environmentNames[cell % environmentNames.length],
    });
  };
  const result = await autocannon({
    url: service.url,
    connections,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        path: '/preflight-checks/',
        headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: question() }),
      },
    ],
  });
  return {
    requests_per_second: result.requests.average,
    p99_ms: result.latency.p99,
    errors: result.errors + result.timeouts + result.non2xx,
  };
}
