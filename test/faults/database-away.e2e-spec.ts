import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { eventually } from '../support/eventually.js';
import { expectUnavailable } from '../support/expect-unavailable.js';
import { OwnDatabase } from '../support/own-database.js';
import { Pipeline } from '../support/pipeline.js';
import { onEach } from '../support/replicas.js';

describe('PostgreSQL stopped and started again', () => {
  let database: OwnDatabase;
  let versioner: RunningVersioner;
  let pipeline: Pipeline;
  let admin: Pipeline;

  beforeAll(async () => {
    database = await OwnDatabase.start();
    versioner = await startVersioner({ databaseUrl: database.url });
    pipeline = new Pipeline(versioner.url, versioner.apiKey);
    admin = new Pipeline(versioner.url, versioner.adminToken);
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
    await database?.remove();
  }, 60_000);

  it('answers 503 on every route that needs it, and serves again without a restart', async () => {
    expect((await pipeline.deploy({ product_name: 'shop', version: '1' })).status).toBe(201);
    expect((await admin.get('/deployments/')).status).toBe(200);
    expect((await admin.get('/health')).status).toBe(200);
    expect((await admin.get('/health/ready')).status).toBe(200);

    await database.stop();
    const answers = await Promise.all([
      pipeline.deploy({ product_name: 'shop', version: '1' }),
      pipeline.deploy({ product_name: 'new', version: '1' }),
      pipeline.post('/build-events/', { product_name: 'shop', version: '1', status: 'completed' }),
      admin.get('/deployments/'),
      admin.get('/environment-states/'),
      admin.get('/products/'),
      admin.post('/api-keys/', { name: 'another' }),
    ]);
    for (const answer of answers) expectUnavailable(answer);

    await database.startAgain();
    const first = await pipeline.deploy({ product_name: 'shop', version: '1', status: 'completed' });
    expect(first).toMatchObject({ status: 200, body: { version: '1', status: 'completed' } });
    expect((await admin.get('/products/')).body).toHaveLength(1);
  }, 60_000);

  /** Each asks the database for itself, once a second at most. */
  async function everyReplicaIs(status: number): Promise<boolean> {
    const answers = await onEach(async () => admin.get('/health/ready'));
    return answers.every((answer) => answer.status === status);
  }

  it('tells the truth about itself throughout', async () => {
    await eventually(async () => everyReplicaIs(200));
    await database.stop();
    await eventually(async () => everyReplicaIs(503));
    expectUnavailable(await admin.get('/health/ready'));
    expectUnavailable(await admin.get('/health'));
    expect(await admin.get('/health/live')).toMatchObject({ status: 200, body: { status: 'alive' } });

    await database.startAgain();
    await eventually(async () => everyReplicaIs(200));
    expect((await admin.get('/health')).status).toBe(200);
  }, 60_000);

  it('does not call a credential wrong that it cannot look up', async () => {
    const stranger = new Pipeline(versioner.url, 'sk_default_ci_00000000000000000000000000000000');
    await database.stop();
    expectUnavailable(await stranger.deploy({ product_name: 'shop', version: '1' }));
    await database.startAgain();
    expect((await stranger.deploy({ product_name: 'shop', version: '1' })).status).toBe(401);
  }, 60_000);
});
