import { resolve } from 'node:path';
import { openCluster } from './harness/cluster.mjs';
import { filledDatabase } from './harness/fill.mjs';
import { headers, listRequests } from './harness/list-requests.mjs';
import { measureEvents } from './harness/load.mjs';
import { startVersioner } from './harness/services.mjs';
import { compare, inTurn, printCompared, printTable, quantile, shown, spread } from './harness/statistics.mjs';

export const summary =
  'events, every list under every filter, the matrix and dry runs on a large database against a small one';
/**
 * `rows`: deployments in the large database. `data`: a folder in which the databases stay and are found again. `parts`: which
 * of them to measure. `only`: the lists whose routes begin so. `rounds`: requests of each kind. `slow`: ratio from which a list is shown on its own.
 */
export const defaults = {
  rows: 1_000_000,
  data: '',
  parts: 'lists,dry-runs,events',
  only: '',
  rounds: 11,
  connections: 16,
  pairs: 5,
  seconds: 4,
  slow: 1.3,
};

const smallRows = 10_000;
const quarterMs = (2 * 365 * 24 * 3_600_000) / 4;
const matrix = '/environment-states/';
const pageLength = 50;
/** What takes so long, in milliseconds, is asked for once: no noise makes it so. */
const longMs = 700;

export async function run(options) {
  const folder = options.data === '' ? null : resolve(options.data);
  const cluster = await openCluster({ dataDir: folder, preload: 'pg_stat_statements' });
  const sides = { small: smallRows, large: options.rows };
  try {
    for (const [side, rows] of Object.entries(sides)) {
      sides[side] = { rows, database: await filledDatabase(cluster, rows, { folder }) };
    }
    for (const one of Object.values(sides)) {
      one.database = cluster.urlOf(`bench_filled_${one.rows}`);
      await cluster.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements', {
        database: `bench_filled_${one.rows}`,
      });
      one.service = await startVersioner(one.database);
    }
    try {
      return { postgres: await cluster.version(), ...(await measure(cluster, sides, options)) };
    } finally {
      for (const { service } of Object.values(sides)) await service?.stop();
    }
  } finally {
    await cluster.stop();
  }
}

async function measure(cluster, sides, options) {
  const parts = options.parts.split(',');
  const results = {};
  if (parts.includes('dry-runs')) results.dryRuns = await measureDryRuns(sides, options);
  if (parts.includes('events')) results.events = await measureEventsInTurn(cluster, sides, options);
  if (parts.includes('lists')) results.lists = await measureLists(cluster, sides, options);
  return results;
}

/** Every list of both, in turn. */
async function measureLists(cluster, { small, large }, { rounds, only, slow }) {
  const deep = new Date(Date.now() - quarterMs);
  const requestsOf = ({ service, rows }) =>
    listRequests(service, { read: (text) => cluster.query(text, { database: `bench_filled_${rows}` }), deep });
  const [ones, others] = [await requestsOf(large), await requestsOf(small)];
  const results = [];
  for (const [i, request] of ones.entries()) {
    if (!request.route.startsWith(only)) continue;
    let baseline = others[i];
    const { length, ms } = await firstOf(large, request);
    // A filter that fills a page of the large database only is held against a full page of the small one.
    const first = await firstOf(small, baseline);
    const fuller = first.length < Math.min(length, pageLength);
    if (fuller) baseline = others.find((one) => one.route === request.route && one.filter === 'none') ?? baseline;
    const legs = { large: () => timeOf(large, request), small: () => timeOf(small, baseline) };
    const slowly = ms > longMs && (await legs.large()) > longMs;
    let timed = slowly ? { large: [ms], small: [first.ms] } : await inTurn(rounds, legs);
    // What seems slow is looked at again: single requests of a few milliseconds differ by what else the machine does.
    for (let more = slowly ? 0 : 3; more > 0 && halves(timed).ratio > limitOf(request); more--) {
      const also = await inTurn(rounds, legs);
      timed = { large: [...timed.large, ...also.large], small: [...timed.small, ...also.small] };
    }
    const pages = {
      large: slowly ? null : await pagesOf(cluster, large, legs.large),
      small: await pagesOf(cluster, small, legs.small),
    };
    results.push({ ...request, length, fuller, ...halves(timed), pages });
  }
  printLists(results, slow);
  return results;
}

/** The ratio is that of the medians: single requests of a few milliseconds differ more than the sides do. */
function halves({ large, small }) {
  return { large: spread(large), small: spread(small), ratio: quantile(large, 0.5) / quantile(small, 0.5) };
}

/** Pages of the database that one request touches, in memory or on disk: the same however busy the machine is. */
async function pagesOf(cluster, { rows }, ask) {
  const read = (text) => cluster.query(text, { database: `bench_filled_${rows}` });
  const counts = [];
  // The fewest of three: now and then a request looks up who asks, or meets what runs in the background.
  for (let i = 0; i < 3; i++) {
    await read('SELECT pg_stat_statements_reset()');
    await ask();
    const [{ pages }] = await read(`
      SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 AS pages FROM pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query !~ 'pg_stat_statements'`);
    counts.push(pages);
  }
  return Math.min(...counts);
}

const limitOf = ({ route }) => (route === matrix ? 1.2 : 1.5);

/** How long a list is, and what it took, unprepared. */
async function firstOf({ service }, { path }) {
  const begin = performance.now();
  const response = await fetch(service.url + path, { headers });
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  const body = await response.json();
  const { length } = Array.isArray(body) ? body : (body.items ?? []);
  return { length, ms: performance.now() - begin };
}

async function timeOf({ service }, { path }) {
  const begin = performance.now();
  const response = await fetch(service.url + path, { headers });
  await response.arrayBuffer();
  return performance.now() - begin;
}

function printLists(results, slow) {
  const ms = ({ median }) => median.toFixed(1);
  const row = (one) => [
    `${one.route}${one.filter === 'none' ? '' : ` ${one.filter}=${one.value}`}`,
    one.page,
    `${one.length}`,
    `${ms(one.large)}`,
    `${ms(one.small)}${one.fuller ? ' *' : ''}`,
    one.ratio.toFixed(2),
    `≤ ${limitOf(one)}`,
    `${one.pages.large ?? 'not counted'}`,
    `${one.pages.small}`,
  ];
  const columns = ['p50, ms', 'page', 'entries', 'large', 'small', 'ratio', 'to reach', 'pages, large', 'small'];
  console.log(`\nThe slowest list of each route`);
  const byRatio = results.toSorted((a, b) => b.ratio - a.ratio);
  const slowest = byRatio.filter((one, i) => byRatio.findIndex(({ route }) => route === one.route) === i);
  printTable([columns, ...slowest.map(row)]);
  const worse = byRatio.filter(({ ratio }) => ratio >= slow);
  console.log(
    `\n${results.length} in all, ${worse.length} from ${slow} on; * = a full page of the list without filters`,
  );
  printTable([columns, ...worse.map(row)]);
  const missed = results.filter((one) => one.ratio > limitOf(one));
  console.log(
    `${missed.length} miss what is to be reached; median of all ratios ${quantile(
      results.map((r) => r.ratio),
      0.5,
    ).toFixed(2)}`,
  );
}

/** A start under rules of all kinds that look back: flow with soak, approval, cooldown. */
async function measureDryRuns(sides, { rounds }) {
  const ask =
    ({ service }) =>
    async () => {
      const body = JSON.stringify({ product_name: 'service-40', version: '1.1', environment_name: 'production-2' });
      const begin = performance.now();
      const response = await fetch(`${service.url}/preflight-checks/`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body,
      });
      const answer = await response.json();
      if (response.status !== 200) throw new Error(`Answered ${response.status}: ${JSON.stringify(answer)}`);
      return performance.now() - begin;
    };
  const legs = { large: ask(sides.large), small: ask(sides.small) };
  await inTurn(10, legs);
  const result = halves(await inTurn(rounds * 10, legs));
  console.log('\nA dry run under flow, soak, approval and cooldown, ms');
  printTable([
    ['large', 'small', 'ratio of the medians', 'to reach'],
    [shown(result.large), shown(result.small), result.ratio.toFixed(2), '≤ 1.2'],
  ]);
  return result;
}

async function measureEventsInTurn(cluster, sides, { pairs, connections, seconds }) {
  let legs = 0;
  const began = Date.now().toString(36);
  const leg =
    ({ service, database }) =>
    async () =>
      measureEvents({
        service,
        database,
        databasePid: await cluster.processId(),
        connections,
        seconds,
        settled: true,
        closed: true,
        run: `${began}-${legs++}-`,
      });
  const measured = await inTurn(
    pairs,
    { large: leg(sides.large), small: leg(sides.small) },
    (name, { requests_per_second: rate, p99_ms: p99 }) =>
      console.log(`  ${name}: ${rate.toFixed(0)} requests/s, p99 ${p99.toFixed(1)} ms`),
  );
  const metrics = {
    requests_per_second: 'requests per second',
    p50_ms: 'p50, ms',
    p99_ms: 'p99, ms',
    service_cpu_ms: 'CPU of the service, ms per event',
    database_cpu_ms: 'CPU of PostgreSQL, ms per event',
  };
  const compared = compare(measured.large, measured.small, Object.keys(metrics));
  console.log('\nEvents');
  printCompared(['large', 'small'], compared, metrics, { requests_per_second: '≥ 0.9' });
  return { summary: compared, legs: measured };
}
