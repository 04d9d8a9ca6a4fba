import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { expectUnavailable } from '../support/expect-unavailable.js';
import { Pipeline, type Reply } from '../support/pipeline.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('the network between the service and PostgreSQL', () => {
  let network: TcpProxy;
  let versioner: RunningVersioner;
  let pipeline: Pipeline;
  let admin: Pipeline;

  beforeAll(async () => {
    const databaseUrl = process.env['DATABASE_URL'] ?? '';
    network = await TcpProxy.before(databaseUrl);
    versioner = await startVersioner({ databaseUrl: network.through(databaseUrl), env: { DATABASE_POOL_SIZE: '4' } });
    pipeline = new Pipeline(versioner.url, versioner.apiKey);
    admin = new Pipeline(versioner.url, versioner.adminToken);
  }, 60_000);

  afterEach(() => network.restore());

  afterAll(async () => {
    await versioner?.stop();
    await network?.stop();
  }, 60_000);

  /** One start for each of several products, together, in an environment of its own. */
  const deployAll = (version: string): Promise<Reply[]> =>
    Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        pipeline.deploy({ product_name: `p${index}`, version, environment_name: version }),
      ),
    );

  /** As pipelines do: whoever got 503 sends the same once more, and then each has exactly one deployment. */
  async function expectExactlyOnce(version: string, answers: readonly Reply[]): Promise<void> {
    for (const answer of answers.filter(({ status }) => status >= 300)) expectUnavailable(answer);
    const again = await deployAll(version);
    expect(again.map(({ status }) => status).filter((status) => status !== 200 && status !== 201)).toEqual([]);
    const deployments = await admin.list<{ id: string }>(`/deployments/?version=${version}&limit=200`);
    expect(deployments.map(({ id }) => id).sort()).toEqual(again.map(({ body }) => (body as { id: string }).id).sort());
  }

  it('slow: who is admitted is answered, the others get 503, and nothing is written twice', async () => {
    network.slow(2_000);
    const answers = await deployAll('slow');
    expect(answers.map(({ status }) => [200, 201, 503].includes(status))).not.toContain(false);
    network.restore();
    await expectExactlyOnce('slow', answers);
  }, 60_000);

  it('cut in the middle of the work: what was answered is there, once', async () => {
    network.slow(50);
    const answering = deployAll('cut');
    await network.traffic();
    network.cut();
    const answers = await answering;
    network.restore();
    await expectExactlyOnce('cut', answers);
  }, 60_000);

  it('half-open: found out by the first request, which gets 503, and not by each one in turn', async () => {
    // As many connections as there may be, all dead and none of them knowing it.
    await Promise.all(Array.from({ length: 12 }, () => admin.get('/deployments/')));
    network.swallow();
    network.restore();
    expectUnavailable(await admin.get('/deployments/'));
    expect((await admin.get('/deployments/')).status).toBe(200);
    expect((await deployAll('half-open')).map(({ status }) => status)).toEqual(Array(20).fill(201));
  }, 60_000);

  it('half-open and staying so: 503, and a start when it is over', async () => {
    network.swallow();
    const answers = await Promise.all([
      pipeline.deploy({ product_name: 'silent', version: '1' }),
      admin.get('/deployments/'),
      admin.post('/api-keys/', { name: 'another' }),
      admin.get('/health/ready'),
    ]);
    for (const answer of answers) expectUnavailable(answer);
    network.restore();
    expect((await pipeline.deploy({ product_name: 'silent', version: '1' })).status).toBe(201);
    expect((await admin.post('/api-keys/', { name: 'another' })).status).toBe(201);
  }, 60_000);

  it('reset while idle: the next event does not notice', async () => {
    await Promise.all(Array.from({ length: 12 }, () => admin.get('/deployments/')));
    network.cut();
    expect((await pipeline.deploy({ product_name: 'reset', version: '1' })).status).toBe(201);
  }, 60_000);
});
