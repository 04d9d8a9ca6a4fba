import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { freePort } from './support/free-port.js';
import { Pipeline } from './support/pipeline.js';

const token = 'a-token-of-this-test-alone';

describe('metrics', () => {
  let versioner: RunningVersioner;
  let pipeline: Pipeline;
  let prometheus: Pipeline;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    versioner = await startVersioner({ env: { METRICS_TOKEN: token, METRICS_PORT: String(port) } });
    pipeline = new Pipeline(versioner.url, versioner.apiKey);
    prometheus = new Pipeline(versioner.url, token);
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
  }, 60_000);

  it('counts requests by route, events by what became of them, batches and verdicts', async () => {
    expect((await pipeline.deploy({ product_name: 'shop', version: '1' })).status).toBe(201);
    expect((await pipeline.deploy({ product_name: 'shop', version: '1' })).status).toBe(200);
    expect((await pipeline.deploy({ product_name: 'shop', version: '2' })).status).toBe(409);
    await pipeline.get('/deployments/0190b3a2-7f6e-7cc1-a3f0-0123456789ab');
    await pipeline.get('/no/such/route?secret=1');

    const { status, headers, body } = await prometheus.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = String(body).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^http_requests_total\{method="POST",route="\/deployment-events\/?",status="409"\} 1$/),
        expect.stringMatching(
          /^http_request_duration_seconds_count\{.*route="\/deployment-events\/?",status="201"\} 1$/,
        ),
        expect.stringMatching(/^http_requests_total\{method="GET",route="\/deployments\/:id\/?",status="40[34]"\} 1$/),
        expect.stringMatching(/^http_requests_total\{method="GET",route="unmatched",status="404"\} 1$/),
        'versioner_events_total{kind="deployment",outcome="opened"} 1',
        'versioner_events_total{kind="deployment",outcome="recorded"} 1',
        'versioner_events_total{kind="deployment",outcome="blocked"} 1',
        expect.stringMatching(/^versioner_batch_size_count\{kind="deployment"\} \d+$/),
        'versioner_preflight_verdicts_total{code="CONCURRENT_DEPLOYMENT"} 1',
        expect.stringMatching(/^versioner_database_pool\{state="idle"\} \d+$/),
        expect.stringMatching(/^process_resident_memory_bytes \d+$/),
      ]),
    );
    expect(body).not.toMatch(/0190b3a2|secret/);
  });

  it('makes no series of its own for a path, an id or a query that somebody sends', async () => {
    const seriesOf = async () => {
      await pipeline.get('/deployments/x?seen=0');
      await pipeline.get('/no/such/route');
      const { body } = await prometheus.get('/metrics');
      return String(body)
        .split('\n')
        .filter((line) => line.startsWith('http_request'))
        .map((line) => line.replace(/ \S+$/, ''));
    };
    const before = new Set([...(await seriesOf()), ...(await seriesOf())]);
    for (let i = 0; i < 20; i++) {
      await pipeline.get(`/no/such/route/${i}`);
      await pipeline.get(`/deployments/x${i}?seen=${i}`);
    }
    expect((await seriesOf()).filter((name) => !before.has(name))).toEqual([]);
  });

  it('asks for its token on the port of the API', async () => {
    for (const key of ['', 'another-token-than-that', versioner.apiKey, versioner.adminToken]) {
      const reply = await new Pipeline(versioner.url, key).get('/metrics');
      expect(reply).toMatchObject({ status: 401, body: { detail: 'Invalid authentication credentials' } });
    }
  });

  it('asks for nothing on a port of its own, and serves nothing else there', async () => {
    const inside = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    expect((await inside('/metrics')).status).toBe(200);
    const refused = await inside('/products/');
    expect([refused.status, await refused.json()]).toEqual([404, { detail: 'Not found' }]);
  });

  it('is a route like any that does not exist where no token is set', async () => {
    const other = await startVersioner();
    try {
      expect((await new Pipeline(other.url, '').get('/metrics')).status).toBe(401);
      expect((await new Pipeline(other.url, other.adminToken).get('/metrics')).status).toBe(404);
    } finally {
      await other.stop();
    }
  }, 60_000);
});
