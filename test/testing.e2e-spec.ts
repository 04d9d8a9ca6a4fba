import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { query } from './support/database-of.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const start = { product_name: 'shop', version: '1.0' };

describe('versioner/testing', () => {
  let versioner: RunningVersioner;
  let pipeline: Pipeline;
  let admin: Pipeline;

  beforeAll(async () => {
    versioner = await startVersioner();
    pipeline = new Pipeline(versioner.url, versioner.apiKey);
    admin = new Pipeline(versioner.url, versioner.adminToken);
  }, 60_000);
  afterAll(async () => versioner?.stop(), 60_000);

  it('decides at the moment that its clock is set to', async () => {
    versioner.clock.set('2026-03-06T16:00:00Z');
    expect((await pipeline.deploy(start)).body).toMatchObject({ created_at: '2026-03-06T16:00:00.000Z' });
    versioner.clock.advance(90_000);
    expect((await pipeline.deploy({ ...start, status: 'completed' })).body).toMatchObject({
      completed_at: '2026-03-06T16:01:30.000Z',
    });
    expect(() => versioner.clock.set('yesterday')).toThrow('Not an instant: yesterday');
  });

  it('forgets everything at reset but the account, its key and its token', async () => {
    const made = await admin.post('/api-keys/', { name: 'later' });
    const { key } = made.body as { key: string };
    expect((await new Pipeline(versioner.url, key).deploy({ ...start, product_name: 'other' })).status).toBe(201);
    await versioner.reset();
    expect((await new Pipeline(versioner.url, key).deploy(start)).status).toBe(401);
    expect((await admin.get('/products/')).body).toEqual([]);
    expect((await admin.get('/api-keys/')).body).toHaveLength(1);
    expect((await pipeline.deploy(start)).status).toBe(201);
    const { created_at } = (await admin.get('/account/')).body as { created_at: string };
    expect(created_at.startsWith('2026-03-06')).toBe(false);
  });

  it('gives every suite a database of its own, and drops it at the end', async () => {
    const other = await startVersioner();
    expect(other.databaseUrl).not.toBe(versioner.databaseUrl);
    expect((await new Pipeline(other.url, other.adminToken).get('/products/')).body).toEqual([]);
    expect((await new Pipeline(other.url, versioner.adminToken).get('/products/')).status).toBe(401);
    await other.stop();
    const name = new URL(other.databaseUrl).pathname.slice(1);
    expect(await query(versioner, 'SELECT FROM pg_database WHERE datname = $1', [name])).toEqual([]);
  });

  it('takes variables of the service', async () => {
    const other = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '2' } });
    const client = new Pipeline(other.url, other.adminToken);
    const statuses = [await client.get('/products/'), await client.get('/products/'), await client.get('/products/')];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    await other.stop();
    await expect(startVersioner({ env: { RATE_LIMIT_PER_MINUTE: 'many' } })).rejects.toThrow(/^RATE_LIMIT_PER_MINUTE:/);
  });
});

interface Seen {
  readonly status: number;
  readonly urls: readonly [string, string];
}

describe('versioner/testing without DATABASE_URL', () => {
  const script = `
    const { startVersioner } = await import('versioner/testing');
    const [one, two] = await Promise.all([startVersioner(), startVersioner()]);
    const reply = await fetch(one.url + '/products/', { headers: { authorization: 'Bearer ' + one.adminToken } });
    console.log(JSON.stringify({ status: reply.status, urls: [one.databaseUrl, two.databaseUrl] }));`;
  const options = { cwd: root, env: { PATH: process.env['PATH'] } };
  const words = (then: string) => ['--input-type=module', '-e', script + then];

  it('shares a PostgreSQL of the process, which ends with the last of them', async () => {
    const { stdout } = await run(process.execPath, words('await Promise.all([one.stop(), two.stop()]);'), options);
    const { status, urls } = JSON.parse(stdout) as Seen;
    expect(status).toBe(200);
    const [one, two] = urls.map((url) => new URL(url));
    expect(two?.port).toBe(one?.port);
    expect(two?.pathname).not.toBe(one?.pathname);
    await expect(query({ databaseUrl: urls[0] }, 'SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  }, 60_000);

  it('leaves nothing running where the process is killed', async () => {
    const child = spawn(process.execPath, words('setInterval(() => undefined, 1000);'), options);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { urls } = JSON.parse(line) as Seen;
    child.kill('SIGKILL');
    await eventually(() =>
      query({ databaseUrl: urls[0] }, 'SELECT 1').then(
        () => false,
        () => true,
      ),
    );
  }, 60_000);
});
