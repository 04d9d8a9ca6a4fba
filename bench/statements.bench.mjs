import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import { openCluster } from './harness/cluster.mjs';
import { EventStream } from './harness/event-stream.mjs';
import { createTemplate } from './harness/services.mjs';
import { inTurn, printTable, shown, spread } from './harness/statistics.mjs';

export const summary = 'what one execution of each statement of the event path costs PostgreSQL, alone and in batches';
/** `sizes`: of batches. `against`: the `dist` of another build to measure in turn with this one. */
export const defaults = { sizes: '1,4,16', events: 3200, pairs: 3, against: '' };

const template = 'bench_template';
const library = 'pg_stat_statements';
const statements = ['read', 'write'];

/** What each execution of the writing statements, of all forms together, brings to the log, and pages it touches. */
const written = `
  SELECT sum(wal_bytes) / sum(calls) AS wal, sum(shared_blks_hit + shared_blks_read) / sum(calls) AS pages
  FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
  WHERE d.datname = 'bench_leg' AND s.toplevel AND s.query LIKE '%INSERT INTO deployment_events%'`;

/**
 * Batches of exactly so many events, one after the other over one connection, from the service's own code and without
 * HTTP: CPU of the backend as the kernel's scheduler counts it, in nanoseconds: what else runs
 * beside it hardly matters.
 */
export async function run({ sizes, events, pairs, against }) {
  const cluster = await openCluster({ preload: library });
  try {
    await createTemplate(cluster, template);
    await cluster.query(`CREATE EXTENSION IF NOT EXISTS ${library}`);
    const results = {};
    for (const size of String(sizes).split(',').map(Number)) {
      const builds = { this: fileURLToPath(new URL('../dist', import.meta.url)), ...(against && { against }) };
      const legs = Object.fromEntries(
        Object.entries(builds).map(([name, dist]) => [name, () => measureLeg(cluster, resolve(dist), size, events)]),
      );
      const measured = await inTurn(pairs, legs);
      results[size] = measured;
      print(size, measured);
    }
    return { postgres: await cluster.version(), results };
  } finally {
    await cluster.dropDatabase(template);
    await cluster.stop();
  }
}

async function measureLeg(cluster, dist, size, events) {
  const databaseUrl = await cluster.createDatabase('bench_leg', template);
  const load = async (file) => import(pathToFileURL(`${dist}/${file}`).href);
  await import('reflect-metadata');
  const { createApp } = await load('app.setup.js');
  const { readEnv } = await load('config/env.js');
  const { Clock } = await load('common/clock.js');
  const { Database } = await load('database/database.js');
  const { DeploymentEventsService } = await load('deployments/deployment-events.service.js');
  const { toDeploymentEvent } = await load('deployments/deployment-event.mapper.js');
  const env = readEnv({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent' });
  // Not initialised: no background job runs beside what is measured.
  const app = await createApp({ env, clock: new Clock(), databaseUrl });
  const meter = await Meter.of(app.get(Database, { strict: false }));
  try {
    const service = app.get(DeploymentEventsService, { strict: false });
    const actor = await meter.actor();
    const streams = Array.from({ length: size }, (_, i) => new EventStream(i, size));
    const report = async () => {
      const bodies = streams.map((stream) => JSON.parse(stream.next()));
      const sent = bodies.map((body) =>
        service.record(toDeploymentEvent(body, body), { ...actor, requestId: uuidv7() }),
      );
      await Promise.all(sent);
    };
    for (let i = 0; i < streams[0].round; i++) await report();
    await cluster.query('VACUUM (ANALYZE)', { database: 'bench_leg' });
    for (let i = 0; i < 20; i++) await report();
    await cluster.query('SELECT pg_stat_statements_reset()');
    meter.start();
    for (let i = 0; i < Math.ceil(events / size); i++) await report();
    const [{ wal, pages }] = await cluster.query(written);
    return { ...meter.stop(), wal: Number(wal), pages: Number(pages) };
  } finally {
    await meter.client.end();
    await app.close();
    await cluster.dropDatabase('bench_leg');
  }
}

/** Runs the statements of one database over one connection, and counts what they cost. */
class Meter {
  static async of(database) {
    const client = database.connectionBeside(10_000, 'bench', 0);
    await client.connect();
    await client.query('SET jit = off');
    const meter = new Meter(client);
    database.query = (statement, values) => meter.query(statement, values);
    return meter;
  }

  constructor(client) {
    this.client = client;
    this.file = `/proc/${client.processID}/schedstat`;
    this.costs = null;
  }

  async query({ name, text, readOnly }, values) {
    const before = this.settled();
    const { rows } = await this.client.query({ name, text, values });
    if (this.costs !== null) this.costs[readOnly === true ? 'read' : 'write'].push(this.settled() - before);
    return rows;
  }

  async actor() {
    const { rows } = await this.client.query(
      'SELECT a.id AS "accountId", a.slug AS "accountSlug", k.id AS "apiKeyId", k.scopes FROM accounts a JOIN api_keys k ON k.account_id = a.id',
    );
    return {
      ...rows[0],
      kind: 'api_key',
      credentialId: rows[0].apiKeyId,
      formerKeyId: null,
      narrowing: null,
      personalAccessTokenId: null,
      userId: null,
      userKind: null,
      address: '127.0.0.1',
      idempotency: null,
    };
  }

  start() {
    this.costs = { read: [], write: [] };
  }

  /** Microseconds of CPU: the mean of each statement's executions without the dearest and cheapest twentieth. */
  stop() {
    const trimmed = (values) => {
      const cut = Math.floor(values.length / 20);
      const kept = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
      return kept.reduce((sum, value) => sum + value, 0) / kept.length / 1000;
    };
    return Object.fromEntries(Object.entries(this.costs).map(([name, values]) => [name, trimmed(values)]));
  }

  /** CPU time of the backend (nanoseconds), once it waits for the next statement. */
  settled() {
    for (let last = -1; ;) {
      const now = Number(readFileSync(this.file, 'utf8').split(' ')[0]);
      if (now === last) return now;
      last = now;
    }
  }
}

function print(size, measured) {
  console.log(`\nbatches of ${size}: CPU of PostgreSQL, µs per execution; per event`);
  const names = Object.keys(measured);
  const of = (name, statement, divisor) => shown(spread(measured[name].map((leg) => leg[statement] / divisor)));
  const total = (name) => shown(spread(measured[name].map(({ read, write }) => (read + write) / size)));
  printTable([
    ['', ...names],
    ...statements.map((statement) => [statement, ...names.map((name) => of(name, statement, 1))]),
    ['both, per event', ...names.map(total)],
    ['bytes of WAL, per event', ...names.map((name) => of(name, 'wal', size))],
    ['pages that the write touches, per event', ...names.map((name) => of(name, 'pages', size))],
    ...(names.length === 1
      ? []
      : statements.map((statement) => [
          `${statement}, ratio`,
          shown(spread(measured.this.map((leg, i) => leg[statement] / measured.against[i][statement]))),
          '',
        ])),
  ]);
}
