import { beforeEach, describe, expect, it } from '@jest/globals';
import { Pipeline, type Reply } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

describe('badges', () => {
  const bed = useVersioner();
  let client: Pipeline;

  beforeEach(async () => {
    client = bed.admin;
    await client.deploy({ product_name: 'group/web', version: '1.4.2 <b>&"', status: 'completed' });
    await client.deploy({ product_name: 'group/web', version: '2', status: 'started', environment_name: 'staging.eu' });
  }, 60_000);

  async function feedToken(options: Record<string, unknown> = {}): Promise<string> {
    const reply = await client.post('/feed-tokens/', { kind: 'badge', ...options });
    expect(reply.status).toBe(201);
    return (reply.body as { token: string }).token;
  }

  /** Without any header: as an image in a page. */
  async function badge(path: string, token?: string): Promise<Reply> {
    const response = await fetch(`${bed.versioner.url}/badges/${path}${token === undefined ? '' : `?token=${token}`}`);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  it('show the version that is deployed', async () => {
    const { status, headers, body } = await badge('group%2Fweb/Production.svg', await feedToken());
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(headers.get('cache-control')).toBe('max-age=60');
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(body).toContain('>1.4.2 &lt;b&gt;&amp;&quot;</text>');
    expect(body).toContain('<title>group/web in production: 1.4.2 &lt;b&gt;&amp;&quot;</title>');
  });

  it('say so where nothing is deployed', async () => {
    expect(await badge('group%2Fweb/staging.eu.svg', await feedToken())).toMatchObject({
      status: 200,
      body: expect.stringContaining('>not deployed</text>'),
    });
  });

  it('are not found under names that nobody knows', async () => {
    const token = await feedToken();
    for (const path of ['nothing/production.svg', 'group%2Fweb/nowhere.svg', 'group%2Fweb/production.png']) {
      expect([path, (await badge(path, token)).status]).toEqual([path, path.endsWith('.png') ? 401 : 404]);
    }
    expect((await badge('nothing/production.svg', token)).body).toEqual({ detail: 'Not found' });
  });

  it('are opened by a token of their own and by nothing else', async () => {
    const mine = await feedToken({ product: 'group/web', environment: 'production' });
    expect((await badge('group%2Fweb/production.svg', mine)).status).toBe(200);
    const unauthenticated = { status: 401, body: { detail: 'Invalid authentication credentials' } };
    expect(await badge('group%2Fweb/staging.eu.svg', mine)).toMatchObject(unauthenticated);
    expect(await badge('nothing/production.svg', mine)).toMatchObject(unauthenticated);
    expect(await badge('group%2Fweb/production.svg')).toMatchObject(unauthenticated);
    expect(await badge('group%2Fweb/production.svg', bed.versioner.apiKey)).toMatchObject(unauthenticated);
    const calendar = await feedToken({ kind: 'calendar' });
    expect(await badge('group%2Fweb/production.svg', calendar)).toMatchObject(unauthenticated);
  });

  it('open nothing else with their token', async () => {
    const token = await feedToken();
    expect((await new Pipeline(bed.versioner.url, token).get('/deployments/')).status).toBe(401);
  });

  it('end with their token', async () => {
    const token = await feedToken();
    const [{ id }] = (await client.get('/feed-tokens/')).body as [{ id: string }];
    await fetch(`${bed.versioner.url}/feed-tokens/${id}`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${bed.versioner.adminToken}` },
    });
    expect((await badge('group%2Fweb/production.svg', token)).status).toBe(401);
  });
});
