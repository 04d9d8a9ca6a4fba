import autocannon from 'autocannon';
import pg from 'pg';
import { cpuOfTree } from './process-cpu.mjs';
import { apiKey } from './services.mjs';
import { EventStream, QuestionStream } from './event-stream.mjs';
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

/** V8 compiles what is hot beside the requests, for seconds; a running service has that behind it (seconds). */
const compileSeconds = 8;

/**
 * Sends events over a number of connections, each its next one as soon as it has an answer, and measures.
 * `options`: the service, its database (a URL), the process id of the database, connections, seconds. Where the database
 * stays: `settled`, its statistics are those of its contents; `closed`, nothing is left under way; and `run`, which sets
 * these events apart from those of other runs.
 */
export async function measureEvents(options) {
  const streams = await fillCells(options);
  const { statuses, ...measured } = await measureLoad({ ...options, path: '/deployment-events/', streams });
  if (options.closed) await finish(options.service.url, streams);
  if (Math.abs((statuses[201] ?? 0) - (statuses[200] ?? 0)) > options.connections) {
    throw new Error(`Starts and ends do not balance: ${JSON.stringify(statuses)}`);
  }
  return measured;
}

/** The same with dry runs, each for a new version in a cell that has had a deployment. */
export async function measureDryRuns(options) {
  const streams = await fillCells(options);
  const questions = streams.map((_, i) => new QuestionStream(i, streams.length));
  const { statuses: _, ...measured } = await measureLoad({
    ...options,
    path: '/preflight-checks/',
    streams: questions,
  });
  return measured;
}

/** Every product, environment and connection once, unmeasured, so that catalog and caches are what a running service has. */
async function fillCells({ service, database, connections, settled = false, run }) {
  const streams = Array.from({ length: connections }, (_, i) => new EventStream(i, connections, run));
  await warmUp({ url: service.url, path: '/deployment-events/', streams, amount: connections * streams[0].round });
  if (!settled) await analyze(database);
  return streams;
}

async function measureLoad({ service, databasePid, path, streams, seconds }) {
  // In rounds that are answered to the end: an event that is cut off may leave a run open, which refuses a later start.
  const warm = performance.now() + compileSeconds * 1000;
  while (performance.now() < warm) await warmUp({ url: service.url, path, streams, amount: streams.length * 100 });
  const before = cpuNow(service, databasePid);
  const run = await send({ url: service.url, path, streams, duration: seconds });
  const after = cpuNow(service, databasePid);
  const each = (name) => (before[name] === null ? null : (after[name] - before[name]) / run.durations.length);
  return {
    requests_per_second: run.durations.length / run.seconds,
    p50_ms: quantile(run.durations, 0.5),
    p99_ms: quantile(run.durations, 0.99),
    service_cpu_ms: each('service'),
    database_cpu_ms: each('database'),
    generator_cpu_ms: each('generator'),
    requests: run.durations.length,
    errors: run.errors,
    statuses: run.statuses,
  };
}

/** Nothing stays open that would refuse the starts of the next run. */
export async function finish(url, streams) {
  for (const body of streams.flatMap((stream) => stream.ending())) {
    const headers = { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' };
    const { ok, status } = await fetch(`${url}/deployment-events/`, { method: 'POST', headers, body });
    if (!ok) throw new Error(`The end of a run was answered ${status}`);
  }
}

async function warmUp(load) {
  const { errors, statuses } = await send(load);
  if (errors > 0) throw new Error(`The warm-up met ${errors} errors: ${JSON.stringify(statuses)}`);
}

function cpuNow({ pid }, databasePid) {
  const { user, system } = process.cpuUsage();
  return { service: cpuOfTree(pid), database: cpuOfTree(databasePid), generator: (user + system) / 1000 };
}

/** `amount` requests in all, each answered; or as many as fit into `duration` seconds. */
export async function send({ url, path = '/deployment-events/', streams, amount, duration }) {
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
    setupClient: (connection) => connection.setRequests([requestOf(path, streams[client++])]),
  });
  instance.on('response', (_client, status, _bytes, milliseconds) => {
    durations.push(milliseconds);
    statuses[status] = (statuses[status] ?? 0) + 1;
    lastAnswer = performance.now();
  });
  const { errors, timeouts, non2xx } = await instance;
  return { durations, statuses, seconds: (lastAnswer - started) / 1000, errors: errors + timeouts + non2xx };
}

function requestOf(path, stream) {
  return {
    method: 'POST',
    path,
    headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
    setupRequest: (request) => ({ ...request, body: stream.next() }),
  };
}
