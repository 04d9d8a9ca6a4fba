import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { eventually } from '../support/eventually.js';
import { expectUnavailable } from '../support/expect-unavailable.js';
import { Pipeline } from '../support/pipeline.js';

describe('a connection pool that is exhausted', () => {
  let versioner: RunningVersioner;
  let admin: Pipeline;
  let blocker: pg.Client;

  beforeAll(async () => {
    versioner = await startVersioner({ env: { DATABASE_POOL_SIZE: '2' } });
    admin = new Pipeline(versioner.url, versioner.adminToken);
    blocker = new pg.Client({ connectionString: versioner.databaseUrl });
    await blocker.connect();
  }, 60_000);

  afterAll(async () => {
    await blocker?.end();
    await versioner?.stop();
  }, 60_000);

  it('turns requests away with 503, stays ready for others, and recovers by itself', async () => {
    const pipeline = new Pipeline(versioner.url, versioner.apiKey);
    await pipeline.deploy({ product_name: 'shop', version: '1' });
    const [{ id, position }] = (await admin.get('/environments/')).body as [{ id: string; position: number }];
    const path = `/environments/${id}`;

    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE environments IN ACCESS EXCLUSIVE MODE');
    const answers = await Promise.all([
      admin.patch(path, { position: position + 7 }),
      ...Array.from({ length: 20 }, () => admin.get('/environments/')),
    ]);
    for (const answer of answers) expectUnavailable(answer);
    // The database itself is well: taking a busy replica out would only make the others busier.
    await eventually(async () => (await admin.get('/health/ready')).status === 200);
    await blocker.query('ROLLBACK');

    // Whatever was waiting has been given up with its connection: it is not done later, nor in another's transaction.
    expect(await admin.get(path)).toMatchObject({ status: 200, body: { position } });
    expect(await admin.patch(path, { position: position + 1 })).toMatchObject({ status: 200 });
    expect(await admin.get(path)).toMatchObject({ status: 200, body: { position: position + 1 } });
  }, 60_000);
});
