import { expect, it } from '@jest/globals';
import { EmptyDatabase } from './support/empty-database.js';
import { Pipeline } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';

const adminToken = `pat_default_${'0123456789abcdef'.repeat(2)}`;

it('reads rows with several relations in a transaction, and nothing warns of several queries at once', async () => {
  const emptyDatabase = await EmptyDatabase.create();
  const env = { DATABASE_URL: emptyDatabase.url, VERSIONER_ADMIN_TOKEN: adminToken, LOG_LEVEL: 'warn' };
  const service = await ServiceProcess.start(env);
  try {
    const admin = new Pipeline(service.url, adminToken);
    await admin.deploy({ product_name: 'my-service', version: '1' });
    const override = { product: 'my-service', environment: 'production', reason: 'an incident' };
    expect((await admin.post('/preflight-overrides/', override)).status).toBe(201);
  } finally {
    await service.stop();
    await emptyDatabase.drop();
  }
  expect(service.output).not.toContain('Warning');
}, 60_000);
