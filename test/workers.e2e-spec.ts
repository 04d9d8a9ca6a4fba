import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newSecret } from '../src/auth/secrets.js';
import { query } from './support/database-of.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';
import { freePort } from './support/free-port.js';
import { Pipeline } from './support/pipeline.js';
import { sendRaw } from './support/raw-http.js';
import { ServiceProcess } from './support/service-process.js';

const apiKey = newSecret('sk', 'default', 'ci').secret;
const adminToken = newSecret('pat', 'default').secret;
const metricsToken = 'a-token-of-this-test-alone';
const secrets = { VERSIONER_API_KEY: apiKey, VERSIONER_ADMIN_TOKEN: adminToken };

/** A request on a connection of its own, so that the next one meets the next worker. */
async function ask(service: ServiceProcess, path: string, secret: string, init: RequestInit = {}): Promise<Response> {
  const headers = { Authorization: `Bearer ${secret}`, Connection: 'close', 'Content-Type': 'application/json' };
  return fetch(service.url + path, { ...init, headers });
}

const say = (service: ServiceProcess, text: string) =>
  service.log.map(({ msg }) => String(msg)).filter((line) => line.includes(text));

/** The processes of the workers by number, those that were started last. */
function workersOf(service: ServiceProcess): Map<number, number> {
  const lines = say(service, 'serves as process').map((line) => /Worker (\d+) serves as process (\d+)/.exec(line)!);
  return new Map(lines.map(([, number, pid]) => [Number(number), Number(pid)]));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('WORKERS=2', () => {
  let database: EmptyDatabase;
  let service: ServiceProcess;
  let admin: Pipeline;

  beforeAll(async () => {
    database = await EmptyDatabase.create();
    service = await ServiceProcess.start({
      ...secrets,
      DATABASE_URL: database.url,
      METRICS_TOKEN: metricsToken,
      METRICS_PORT: String(await freePort()),
      WORKERS: '2',
    });
    admin = new Pipeline(service.url, adminToken);
  }, 60_000);

  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  }, 60_000);

  async function newKey(): Promise<{ id: string; key: string }> {
    const { body } = await admin.post('/api-keys/', { name: 'one more', scopes: ['events:write'] });
    return body as { id: string; key: string };
  }

  it('says once that it is ready, and each line of a worker has its number', async () => {
    expect(say(service, 'Ready at')).toHaveLength(1);
    expect(new Set(workersOf(service).keys())).toEqual(new Set([1, 2]));
    for (let i = 0; i < 4; i++) expect((await ask(service, '/account/', adminToken)).status).toBe(200);
    await eventually(() => new Set(service.log.flatMap(({ worker }) => worker ?? [])).size === 2);
    expect(service.log.find(({ msg }) => String(msg).startsWith('Ready at'))).not.toHaveProperty('worker');
  });

  it('counts a key once, whichever worker is asked', async () => {
    const limit = 8;
    await admin.patch('/account/', { rate_limit_per_minute: limit });
    const { key } = await newKey();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(service, '/account/', key)));
    await admin.patch('/account/', { rate_limit_per_minute: null });

    const left = answers.flatMap(({ status, headers }) =>
      status === 429 ? [] : [Number(headers.get('x-ratelimit-remaining'))],
    );
    expect(left.toSorted((a, b) => b - a).slice(0, limit)).toEqual([7, 6, 5, 4, 3, 2, 1, 0]);
    // What comes back while they are asked: one every 7.5 seconds.
    expect(left.length).toBeLessThan(2 * limit);
    for (const { headers } of answers) expect(headers.get('x-ratelimit-limit')).toBe(String(limit));
    const refused = answers.filter(({ status }) => status === 429);
    for (const { headers } of refused) {
      expect(headers.get('x-ratelimit-remaining')).toBe('0');
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });

  it('refuses a revoked key from the answer on, on every worker', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, key } = await newKey();
      const known = await Promise.all([1, 2, 3, 4].map(() => ask(service, '/account/', key)));
      expect(known.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
      expect((await ask(service, `/api-keys/${id}`, adminToken, { method: 'DELETE' })).status).toBe(204);
      const after = await Promise.all([1, 2, 3, 4].map(() => ask(service, '/account/', key)));
      expect(after.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    }
  });

  it('gives the metrics of all workers, whichever is asked, and goes on counting when one is killed', async () => {
    const eventsOn = async (): Promise<number> => {
      const page = await (await ask(service, '/metrics', metricsToken)).text();
      return Number(/^versioner_events_total\{kind="deployment",outcome="opened"\} (\d+)$/m.exec(page)?.[1] ?? 0);
    };
    const deploy = async (version: string) => {
      const event = { product_name: 'shop', version, environment_name: 'production', status: 'completed' };
      const body = JSON.stringify(event);
      expect((await ask(service, '/deployment-events/', apiKey, { method: 'POST', body })).status).toBe(201);
    };
    for (let i = 1; i <= 6; i++) await deploy(`1.${i}`);
    expect([await eventsOn(), await eventsOn()]).toEqual([6, 6]);

    const before = workersOf(service);
    process.kill(before.get(2)!, 'SIGKILL');
    await eventually(() => say(service, 'Worker 2 has ended by SIGKILL; it is started again in').length === 1);
    expect(await eventsOn()).toBe(6);
    await deploy('2.1');
    await eventually(() => workersOf(service).get(2) !== before.get(2));
    for (let i = 2; i <= 4; i++) await deploy(`2.${i}`);
    expect([await eventsOn(), await eventsOn()]).toEqual([10, 10]);
  }, 60_000);

  it('seals the audit log in one of them, and goes on when that one is killed', async () => {
    const unsealed = async (): Promise<unknown> =>
      (await query({ databaseUrl: database.url }, 'SELECT count(*)::int AS waiting FROM audit_unsealed'))[0]?.[
        'waiting'
      ];
    await newKey();
    await eventually(async () => (await unsealed()) === 0);
    const heads = service.log.filter(({ msg }) => String(msg).startsWith('Head of the audit log'));
    expect(heads.map(({ worker }) => worker)).toEqual([1]);

    process.kill(workersOf(service).get(1)!, 'SIGKILL');
    await eventually(() => say(service, 'Worker 1 has ended by SIGKILL').length === 1);
    await newKey();
    await eventually(async () => (await unsealed()) === 0);
    await eventually(() => say(service, 'Head of the audit log').length === 2);
    expect(service.log.findLast(({ msg }) => String(msg).startsWith('Head of'))).toMatchObject({ worker: 2 });
  }, 60_000);

  it('lets nobody wait whose connection was on its way to a worker that is killed', async () => {
    await eventually(() => workersOf(service).size === 2 && [...workersOf(service).values()].every(isAlive));
    const frozen = workersOf(service).get(2)!;
    process.kill(frozen, 'SIGSTOP');
    const outcomes: unknown[] = [];
    const asked = [1, 2, 3, 4].map(async () => {
      const answer = sendRaw(service.url, { method: 'GET', path: '/health/live', headers: [['Connection', 'close']] });
      outcomes.push(
        await answer.then(
          ({ status }) => status,
          () => 'no answer',
        ),
      );
    });
    // Those that are handed to the other one.
    await eventually(() => outcomes.length === 3);
    process.kill(frozen, 'SIGKILL');
    await Promise.all(asked);
    expect(outcomes).toEqual([200, 200, 200, 'no answer']);
  }, 60_000);

  it('keeps to DATABASE_POOL_SIZE, all workers together', async () => {
    await Promise.all(Array.from({ length: 60 }, () => ask(service, '/products/', adminToken)));
    const [row] = await query(
      { databaseUrl: database.url },
      `SELECT count(*)::int AS open FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'versioner'`,
    );
    expect(row?.['open']).toBeLessThanOrEqual(10);
  });

  it('ends with the one that was started, however that ends', async () => {
    await eventually(() => workersOf(service).size === 2 && [...workersOf(service).values()].every(isAlive));
    const pids = [...workersOf(service).values()];
    service.signal('SIGKILL');
    await eventually(() => !pids.some(isAlive));
  }, 60_000);
});

describe('on the embedded database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'versioner-workers-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('prints the secrets of a first start once, and ends with its workers and its database', async () => {
    const service = await ServiceProcess.start({ VERSIONER_DATA_DIR: dataDir, WORKERS: '3', DATABASE_POOL_SIZE: '4' });
    expect(service.output.match(/These secrets are shown once/g)).toHaveLength(1);
    expect(new Set(service.output.match(/(?:sk|pat)_default_\w+/g)).size).toBe(2);
    const pids = [...workersOf(service).values()];
    expect(pids).toHaveLength(3);
    // As a terminal and systemd do: to all of them.
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    service.signal('SIGTERM');
    expect(await service.ended()).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(say(service, 'Stopped')).toHaveLength(1);
  }, 60_000);
});

/** Starts the service with these variables, and answers its code and all that it has written when it has ended. */
async function endOf(env: Record<string, string>): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: join(import.meta.dirname, '..'), env, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

describe('workers that cannot start end the service with one line', () => {
  const rival = createServer();
  let database: EmptyDatabase;
  let port: number;
  beforeAll(async () => {
    database = await EmptyDatabase.create();
    rival.listen(0, '127.0.0.1');
    await once(rival, 'listening');
    port = (rival.address() as AddressInfo).port;
  });
  afterAll(async () => {
    rival.close();
    await database.drop();
  });

  it.each(['PORT', 'METRICS_PORT'])(
    'where %s is taken',
    async (name) => {
      const env = { DATABASE_URL: database.url, WORKERS: '2', HOST: '127.0.0.1', PORT: String(await freePort()) };
      expect(await endOf({ ...env, LOG_LEVEL: 'silent', [name]: String(port) })).toEqual({
        code: 1,
        output: `versioner: ${name}: ${port} is in use by another program; choose another.\n`,
      });
    },
    60_000,
  );
});
