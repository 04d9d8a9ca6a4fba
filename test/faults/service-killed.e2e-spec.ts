import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../src/auth/secrets.js';
import { EmptyDatabase } from '../support/empty-database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { Pipeline, type Reply } from '../support/pipeline.js';
import { ServiceProcess } from '../support/service-process.js';

/** At the figures of the specification with `npm run test:full`, in a sample otherwise. */
const isFull = process.env['VERSIONER_TEST_FULL'] === '1';
const eventsPerKill = isFull ? 2_000 : 200;
const kills = isFull ? 3 : 1;

describe('kill -9 of the service during a stream of events', () => {
  const apiKey = newSecret('sk', 'default', 'ci').secret;
  const adminToken = newSecret('pat', 'default').secret;
  let database: EmptyDatabase;
  let env: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    database = await EmptyDatabase.create();
    env = {
      DATABASE_URL: database.url,
      PORT: String(await freePort()),
      VERSIONER_API_KEY: apiKey,
      VERSIONER_ADMIN_TOKEN: adminToken,
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
    };
    service = await ServiceProcess.start(env);
  }, 60_000);

  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  }, 60_000);

  async function killAndStartAgain(): Promise<void> {
    service.signal('SIGKILL');
    await service.ended();
    service = await ServiceProcess.start(env);
  }

  /** As a patient pipeline: again and again until it is answered. */
  async function report(pipeline: Pipeline, version: string, product: string): Promise<string> {
    let reply: Reply | null = null;
    await eventually(async () => {
      reply = await pipeline.deploy({ product_name: product, version, status: 'completed' }).catch(() => null);
      return reply !== null && reply.status !== 503;
    });
    const { status, body } = reply as unknown as Reply;
    expect([200, 201]).toContain(status);
    return (body as { id: string }).id;
  }

  it('keeps every event that was answered, once', async () => {
    const pipeline = new Pipeline(service.url, apiKey);
    const answered = new Map<string, string>();
    for (let round = 0; round < kills; round++) {
      const versions = Array.from({ length: eventsPerKill }, (_, index) => `${round}.${index}`);
      const killAt = versions.length / 2;
      let restarted = Promise.resolve();
      const worker = async (): Promise<void> => {
        for (let version = versions.pop(); version !== undefined; version = versions.pop()) {
          if (versions.length === killAt) restarted = killAndStartAgain();
          answered.set(version, await report(pipeline, version, `p${versions.length % 20}`));
        }
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      await restarted;
    }

    const admin = new Pipeline(service.url, adminToken);
    const recorded = await admin.list<{ id: string; version: string }>('/deployments/?limit=200');
    expect(recorded).toHaveLength(eventsPerKill * kills);
    expect(new Map(recorded.map(({ version, id }) => [version, id]))).toEqual(answered);
  }, 600_000);
});
