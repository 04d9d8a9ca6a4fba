import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { eventually } from './support/eventually.js';
import { expectUnavailable } from './support/expect-unavailable.js';
import { Pipeline } from './support/pipeline.js';
import { replicas } from './support/replicas.js';

describe('health', () => {
  let versioner: RunningVersioner;
  let nobody: Pipeline;

  beforeAll(async () => {
    versioner = await startVersioner();
    nobody = new Pipeline(versioner.url, '');
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
  }, 60_000);

  it('says how the service is, to anybody, and nothing else', async () => {
    const reply = await nobody.get('/health');
    expect(reply).toMatchObject({ status: 200 });
    expect(reply.body).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      database: 'up',
      uptime_seconds: expect.any(Number),
    });
  });

  it.each(['/health/live', '/health/live/', '//health/live', '/health/live?nocache=1'])(
    'is alive at %s',
    async (path) => {
      expect(await nobody.get(path)).toMatchObject({ status: 200, body: { status: 'alive' } });
    },
  );

  it('is ready', async () => {
    expect(await nobody.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  /** Each process looks for itself, once a second at most. */
  async function isEverywhere(status: number): Promise<boolean> {
    for (let i = 0; i < replicas; i++) {
      if ((await nobody.get('/health/ready')).status !== status) return false;
    }
    return true;
  }

  it('is not ready on a database that lacks a migration of this release', async () => {
    const client = new pg.Client({ connectionString: versioner.databaseUrl });
    await client.connect();
    await client.query('ALTER TABLE _prisma_migrations RENAME TO kept');
    await eventually(() => isEverywhere(503));
    expectUnavailable(await nobody.get('/health/ready'));
    await client.query('ALTER TABLE kept RENAME TO _prisma_migrations');
    await eventually(() => isEverywhere(200));

    const { rows } = await client.query<{ id: string }>(
      'UPDATE _prisma_migrations SET finished_at = NULL WHERE id = (SELECT max(id) FROM _prisma_migrations) RETURNING id',
    );
    await eventually(() => isEverywhere(503));
    await client.query('UPDATE _prisma_migrations SET finished_at = started_at WHERE id = $1', [rows[0]?.id]);
    await eventually(() => isEverywhere(200));
    await client.end();
  }, 60_000);
});
