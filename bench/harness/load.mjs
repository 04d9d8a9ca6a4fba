import autocannon from 'autocannon';
import pg from 'pg';
import { cpuOfTree } from './process-cpu.mjs';
import { apiKey } from './services.mjs';
import { EventStream } from './event-stream.mjs';
import { quantile } from './statistics.mjs';

/**
 * Plans that were made on empty tables take whatever index comes first, foreign keys' own look-ups too, and are kept
 * until the statistics change. Autovacuum sees to that within a minute of a database's life; a leg does not last so long.
 */
async function analyze(database) {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query('VACUUM (ANALYZE)');
  await client.end();
}

/**
 * Sends events over a number of connections, each its next one as soon as it has an answer, and measures. First every
 * product, environment and connection once, unmeasured, so that catalog, caches and compiled code are what a running
 * service has.
 */
export async function measureEvents({ service, database, databasePid, connections, seconds }) {
  const streams = Array.from({ length: connections }, (_, i) => new EventStream(i, connections));
  const warmUp = await send({ url: service.url, streams, amount: connections * streams[0].round });
  if (warmUp.errors > 0) throw new Error(`The warm-up met ${warmUp.errors} errors: ${JSON.stringify(warmUp.statuses)}`);

  await analyze(database);
  const before = cpuNow(service, databasePid);
  const run = await send({ url: service.url, streams, duration: seconds });
  const after = cpuNow(service, databasePid);
  const opened = run.statuses[201] ?? 0;
  if (Math.abs(opened - (run.statuses[200] ?? 0)) > connections) {
    throw new Error(`Starts and ends do not balance: ${JSON.stringify(run.statuses)}`);
  }
  const perEvent = (name) => (before[name] === null ? null : (after[name] - before[name]) / run.durations.length);
  return {
    requests_per_second: run.durations.length / run.seconds,
    p50_ms: quantile(run.durations, 0.5),
    p99_ms: quantile(run.durations, 0.99),
    service_cpu_ms: perEvent('service'),
    database_cpu_ms: perEvent('database'),
    generator_cpu_ms: perEvent('generator'),
    events: run.durations.length,
    errors: run.errors,
  };
}

function cpuNow({ pid }, databasePid) {
  const { user, system } = process.cpuUsage();
  return { service: cpuOfTree(pid), database: cpuOfTree(databasePid), generator: (user + system) / 1000 };
}

/** `amount` events in all, each answered; or as many as fit into `duration` seconds. */
export async function send({ url, streams, amount, duration }) {
  const durations = [];
  const statuses = {};
  let client = 0;
  const started = performance.now();
  let lastAnswer = started;
  const instance = autocannon({
    url,
    connections: streams.length,
    ...(amount === undefined ? { duration } : { amount }),
    sampleInt: 100,
    setupClient: (connection) => connection.setRequests([requestOf(streams[client++])]),
  });
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    durations.push(milliseconds);
    statuses[status] = (statuses[status] ?? 0) + 1;
    lastAnswer = performance.now();
  });
  const { errors, timeouts, non2xx } = await instance;
  return { durations, statuses, seconds: (lastAnswer - started) / 1000, errors: errors + timeouts + non2xx };
}

function requestOf(stream) {
  return {
    method: 'POST',
    path: '/deployment-events/',
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    setupRequest: (request) => ({ ...request, body: stream.next() }),
  };
}
