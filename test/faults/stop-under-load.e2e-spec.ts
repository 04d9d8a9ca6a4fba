import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../src/auth/secrets.js';
import { EmptyDatabase } from '../support/empty-database.js';
import { eventually } from '../support/eventually.js';
import { Pipeline } from '../support/pipeline.js';
import { ServiceProcess } from '../support/service-process.js';

const env = {
  VERSIONER_API_KEY: newSecret('sk', 'default', 'ci').secret,
  VERSIONER_ADMIN_TOKEN: newSecret('pat', 'default').secret,
  RATE_LIMIT_PER_MINUTE: '0',
  LOG_LEVEL: 'warn',
};

/** What became of one request: a status, or the code of the error where no answer came. */
type Outcome =
  { readonly status: number; readonly retryAfter?: string; readonly id?: string } | { readonly error: string };

describe.each(['1', '2'])('SIGTERM under load, with WORKERS=%s', (workers) => {
  let database: EmptyDatabase;
  let service: ServiceProcess;

  beforeAll(async () => {
    database = await EmptyDatabase.create();
    service = await ServiceProcess.start({ ...env, DATABASE_URL: database.url, WORKERS: workers });
  }, 60_000);

  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  }, 60_000);

  function send(agent: Agent, version: string): Promise<Outcome> {
    const body = JSON.stringify({
      product_name: version,
      version,
      environment_name: 'production',
      status: 'completed',
    });
    return new Promise((resolve) => {
      const call = request(`${service.url}/deployment-events/`, {
        agent,
        method: 'POST',
        headers: { Authorization: `Bearer ${env.VERSIONER_API_KEY}`, 'Content-Type': 'application/json' },
      });
      call.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
      call.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }));
        response.on('end', () => {
          const { id } = JSON.parse(text) as { id?: string };
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], id });
        });
      });
      call.end(body);
    });
  }

  it('answers what it accepted, turns the rest away, says that it is not ready, and ends', async () => {
    const agent = new Agent({ keepAlive: true });
    const outcomes: Outcome[] = [];
    let sent = 0;
    // Goes on until it is told to come back later.
    const client = async (): Promise<void> => {
      for (let isWelcome = true; isWelcome;) {
        const outcome = await send(agent, `v${sent++}`);
        outcomes.push(outcome);
        isWelcome = 'status' in outcome && outcome.status === 201;
      }
    };
    const clients = Promise.all(Array.from({ length: 16 }, client));
    await eventually(() => outcomes.length > 200);

    const probe = new Pipeline(service.url, '');
    service.signal('SIGTERM');
    await eventually(async () => (await probe.get('/health/ready')).status === 503);
    expect((await probe.get('/health/live')).status).toBe(200);

    await clients;
    expect(await service.ended()).toBe(0);
    agent.destroy();

    // Never a connection that ends in mid-request.
    expect(outcomes.filter((outcome) => 'error' in outcome)).toEqual([]);
    const answers = outcomes.flatMap((outcome) => ('error' in outcome ? [] : [outcome]));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 503]));
    for (const { status, retryAfter } of answers) expect(retryAfter).toBe(status === 503 ? '1' : undefined);

    service = await ServiceProcess.start({ ...env, DATABASE_URL: database.url, WORKERS: workers });
    const admin = new Pipeline(service.url, env.VERSIONER_ADMIN_TOKEN);
    const recorded = new Set((await admin.list<{ id: string }>('/deployments/?limit=200')).map(({ id }) => id));
    const created = answers.filter(({ status }) => status === 201);
    expect(created.filter(({ id }) => !recorded.has(id ?? ''))).toEqual([]);
    expect(recorded.size).toBe(created.length);
  }, 120_000);
});
