import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { OwnDatabase } from '../support/own-database.js';
import { Pipeline, type Reply } from '../support/pipeline.js';

/** At the figures of the specification with `npm run test:full`, in a sample otherwise. */
const isFull = process.env['VERSIONER_TEST_FULL'] === '1';
const eventsPerKill = isFull ? 2_000 : 200;
const kills = isFull ? 3 : 1;

describe('kill -9 of PostgreSQL during a stream of events', () => {
  let database: OwnDatabase;
  let versioner: RunningVersioner;
  let pipeline: Pipeline;

  beforeAll(async () => {
    database = await OwnDatabase.start();
    versioner = await startVersioner({ databaseUrl: database.url, env: { RATE_LIMIT_PER_MINUTE: '0' } });
    pipeline = new Pipeline(versioner.url, versioner.apiKey);
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
    await database?.remove();
  }, 60_000);

  /** As a patient pipeline: again and again until it is told what became of it. */
  async function report(version: string, product: string): Promise<Reply> {
    for (;;) {
      const reply = await pipeline.deploy({ product_name: product, version, status: 'completed' });
      if (reply.status !== 503) return reply;
    }
  }

  it('keeps every event that was answered, once', async () => {
    const answered = new Map<string, string>();
    for (let round = 0; round < kills; round++) {
      const versions = Array.from({ length: eventsPerKill }, (_, index) => `${round}.${index}`);
      const killAt = versions.length / 2;
      const worker = async (): Promise<void> => {
        for (let version = versions.pop(); version !== undefined; version = versions.pop()) {
          if (versions.length === killAt) database.kill();
          const reply = await report(version, `p${versions.length % 20}`);
          expect([200, 201]).toContain(reply.status);
          answered.set(version, (reply.body as { id: string }).id);
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
    }

    const admin = new Pipeline(versioner.url, versioner.adminToken);
    const recorded = await admin.list<{ id: string; version: string }>('/deployments/?limit=200');
    expect(recorded).toHaveLength(eventsPerKill * kills);
    expect(new Map(recorded.map(({ version, id }) => [version, id]))).toEqual(answered);
  }, 600_000);
});
