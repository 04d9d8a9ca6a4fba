import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openCluster } from './harness/cluster.mjs';
import { EventStream } from './harness/event-stream.mjs';
import { filledDatabase } from './harness/fill.mjs';
import { headers, listRequests } from './harness/list-requests.mjs';
import { endOf, pagesOf, planSettings, plansSince, scannedTables } from './harness/plan-log.mjs';
import { documentOf } from './harness/plan-document.mjs';
import { startVersioner } from './harness/services.mjs';
import { printTable } from './harness/statistics.mjs';

export const summary =
  'the plans of all statements of lists, the matrix, events and checks, as run; fails where one scans a large table';
/** `rows`: deployments. `data`: a folder in which the database stays and is found again. `document`: where to write them. */
export const defaults = { rows: 1_000_000, data: '', document: '' };

/** A table with more rows is large. */
const large = 20_000;
/** Sent so often on its one connection, a prepared statement has got the plan that it keeps. */
const rounds = 7;
const longMs = 1_000;

export async function run({ rows, data, document }) {
  const folder = data === '' ? null : resolve(data);
  const cluster = await openCluster({ dataDir: folder, settings: planSettings });
  try {
    if (cluster.logFile === null)
      throw new Error('This bench reads the log of a server of its own: unset DATABASE_URL');
    await filledDatabase(cluster, rows, { folder });
    const database = `bench_filled_${rows}`;
    const read = (text) => cluster.query(text, { database });
    const service = await startVersioner(cluster.urlOf(database), { env: { DATABASE_POOL_SIZE: '1' } });
    const statements = new Map();
    try {
      for (const request of await requestsOf(service, read)) {
        for (const plan of await watch(cluster, service, request)) {
          const known = statements.get(plan.text);
          if (known === undefined) statements.set(plan.text, { ...plan, of: request.title, times: 1 });
          else known.times++;
        }
      }
    } finally {
      await service.stop();
    }
    const sizes = await read("SELECT relname AS name, reltuples::float8 AS rows FROM pg_class WHERE relkind = 'r'");
    return report([...statements.values()], sizes, { rows, document });
  } finally {
    await cluster.stop();
  }
}

async function requestsOf(service, read) {
  const lists = await listRequests(service, { read, deep: new Date(Date.now() - (365 / 2) * 24 * 3_600_000) });
  const post = (path, title, body) => ({ title, path, method: 'POST', body });
  const stream = new EventStream(0, 1, `${Date.now().toString(36)}-`);
  return [
    post('/deployment-events/', 'an event', () => [stream.next(), stream.next()]),
    post('/preflight-checks/', 'a dry run under flow, soak, approval and cooldown', () =>
      JSON.stringify({ product_name: 'service-40', version: '1.1', environment_name: 'production-2' }),
    ),
    ...lists.map(({ path, route, filter, page }) => ({
      title: `GET ${route}${filter === 'none' ? '' : `, by ${filter}`}${page === 'deep' ? ', far down' : ''}`,
      path,
      method: 'GET',
      body: () => undefined,
    })),
  ];
}

/** The plans of the last of several times, of which the first were planned anew each time. */
async function watch(cluster, { url }, { path, method, body }) {
  for (let round = 1; ; round++) {
    const offset = endOf(cluster.logFile);
    const began = performance.now();
    for (const one of [body()].flat()) {
      const content = one === undefined ? {} : { body: one };
      const asked = { method, headers: { ...headers, 'Content-Type': 'application/json' }, ...content };
      const response = await fetch(url + path, asked);
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    }
    // What takes so long is no statement that is prepared.
    if (round === rounds || performance.now() - began > longMs) return plansSince(cluster.logFile, offset);
  }
}

function report(statements, sizes, { rows, document }) {
  const largeTables = new Set(sizes.filter((one) => one.rows > large).map(({ name }) => name));
  const scans = statements.flatMap((one) =>
    scannedTables(one)
      .filter((table) => largeTables.has(table))
      .map((table) => ({ of: one.of, table })),
  );
  const most = statements.toSorted((a, b) => pagesOf(b) - pagesOf(a)).slice(0, 25);
  console.log(`\n${statements.length} statements; those that touch most pages:`);
  printTable([['pages', 'ms', 'statement of'], ...most.map((one) => [`${pagesOf(one)}`, one.ms.toFixed(1), one.of])]);
  if (document !== '') writeFileSync(resolve(document), documentOf(statements, { rows, largeTables, large }));
  if (scans.length > 0) {
    console.log('\nSequential scans over large tables:');
    printTable([['table', 'in a statement of'], ...scans.map(({ table, of }) => [table, of])]);
    process.exitCode = 1;
  }
  return { statements: statements.map((one) => ({ ...one, pages: pagesOf(one) })), scans };
}
