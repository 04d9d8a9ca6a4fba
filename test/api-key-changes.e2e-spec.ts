import { beforeEach, describe, expect, it } from '@jest/globals';
import { createAccount } from './support/create-account.js';
import { createKey } from './support/create-key.js';
import { Pipeline } from './support/pipeline.js';
import { testStart, useVersioner } from './support/use-versioner.js';

interface Key {
  readonly id: string;
  readonly key?: string;
  readonly products: readonly { id: string; name: string }[];
  readonly [field: string]: unknown;
}

describe('API keys', () => {
  const bed = useVersioner();
  const shown = async (id: string) => (await bed.admin.get(`/api-keys/${id}`)).body as Key;
  const statusOf = async (key: Pipeline) => (await key.get('/me/')).status;
  const auditOf = (id: string) =>
    bed.rows('SELECT action, before, after FROM audit_log WHERE resource_id = $1 ORDER BY at, id', [id]);
  const fault = (msg: string, type: string, ...loc: (string | number)[]) => ({ loc: ['body', ...loc], msg, type });
  const past = fault('date is not in the future', 'value_error.date.not_in_the_future', 'expires_at');
  const tooFew = ['ensure this value has at least 1 items', 'value_error.list.min_items'] as const;
  const notNull = ['none is not an allowed value', 'type_error.none.not_allowed'] as const;
  const unknown = (what: string, i: number) => fault(`unknown ${what}`, 'value_error.unknown', `${what}s`, i);
  let productId: string;
  let environmentId: string;

  beforeEach(async () => {
    const { body } = await bed.report({ product_name: 'Shop', status: 'completed' });
    ({ product_id: productId, environment_id: environmentId } = body as Record<string, string> as never);
    await bed.report({ product_name: 'billing', environment_name: 'staging', status: 'completed' });
  });

  it('are narrowed to products and environments, by name, letter case ignored, or id, each once', async () => {
    const fields = { name: 'x', products: [' SHOP ', productId], environments: [environmentId, 'Staging'] };
    const { status, body } = await bed.admin.post('/api-keys/', fields);
    expect(status).toBe(201);
    const places = {
      products: [{ id: productId, name: 'Shop' }],
      environments: [
        { id: environmentId, name: 'production' },
        { id: expect.any(String), name: 'staging' },
      ],
    };
    expect(body).toMatchObject(places);
    expect(await shown((body as Key).id)).toMatchObject(places);
    expect(await bed.admin.list('/api-keys/')).toContainEqual(expect.objectContaining(places));
    expect(await auditOf((body as Key).id)).toMatchObject([{ action: 'api_key.created', after: places }]);
  });

  it.each([
    ['products', [], tooFew, []],
    ['environments', [], tooFew, []],
    ['products', null, notNull, []],
    ['environments', null, notNull, []],
    ['products', 'Shop', ['value is not a valid list', 'type_error.list'], []],
    ['products', ['Shop', ''], ['ensure this value has at least 1 characters', 'value_error.any_str.min_length'], [1]],
    [
      'products',
      Array(101).fill('Shop'),
      ['ensure this value has at most 100 items', 'value_error.list.max_items'],
      [],
    ],
  ] as const)('are wide only where nothing is said: %s %j is refused', async (field, value, [msg, type], place) => {
    const reply = await bed.admin.post('/api-keys/', { name: 'x', [field]: value });
    expect(reply).toMatchObject({ status: 422, body: { detail: [fault(msg, type, field, ...place)] } });
  });

  it('are told everything that is unknown, at its place, and nothing is made', async () => {
    const fields = {
      name: 'x',
      products: ['Shop', 'nowhere', '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40'],
      environments: ['nowhere'],
      expires_at: testStart,
    };
    const detail = [unknown('product', 1), unknown('product', 2), unknown('environment', 0), past];
    expect(await bed.admin.post('/api-keys/', fields)).toMatchObject({ status: 422, body: { detail } });
    expect(await bed.rows(`SELECT FROM api_keys WHERE name = 'x'`)).toEqual([]);
    const { id } = await createKey(bed);
    expect(await bed.admin.patch(`/api-keys/${id}`, fields)).toMatchObject({ status: 422, body: { detail } });
  });

  describe('change', () => {
    it.each([
      ['name', { name: 'other' }, { name: 'other' }],
      ['scopes', { scopes: ['read', 'read'] }, { scopes: ['read'] }],
      ['products', { products: ['billing'] }, { products: [{ name: 'billing' }] }],
      ['products to all', { products: null }, { products: [] }],
      [
        'environments',
        { environments: ['staging', 'production'] },
        { environments: [{ name: 'staging' }, { name: 'production' }] },
      ],
      ['environments to all', { environments: null }, { environments: [] }],
      ['an expiry', { expires_at: '2026-03-02T15:00:00.000Z' }, { expires_at: '2026-03-02T15:00:00.000Z' }],
      ['to no expiry', { expires_at: null }, { expires_at: null }],
    ])('their %s, on record before and after', async (_, changes, after) => {
      const fields = { products: ['Shop'], environments: ['production'], expires_at: '2026-03-03T00:00:00.000Z' };
      const { id } = await createKey(bed, fields);
      const before = await shown(id);
      const { status, body } = await bed.admin.patch(`/api-keys/${id}`, changes);
      expect({ status, body }).toMatchObject({ status: 200, body: after });
      expect({ ...before, ...(await shown(id)) }).toEqual(body);
      expect((await auditOf(id))[1]).toEqual({ action: 'api_key.updated', before, after: body });
    });

    it.each([
      [{}, 1],
      [{ name: 'key', scopes: ['events:write'], products: ['shop'], environments: null, expires_at: null }, 1],
      [{ products: ['shop', 'billing'] }, 2],
    ])('nothing where all is as it should be: %j', async (changes, records) => {
      const { id } = await createKey(bed, { products: ['Shop'] });
      expect((await bed.admin.patch(`/api-keys/${id}`, changes)).status).toBe(200);
      expect(await auditOf(id)).toHaveLength(records);
    });

    it.each([
      ['products', [], tooFew],
      ['environments', [], tooFew],
      ['scopes', [], tooFew],
      ['scopes', null, notNull],
      ['name', null, notNull],
    ] as const)('into nothing that could be meant otherwise: %s %j is refused', async (field, value, [msg, type]) => {
      const { id } = await createKey(bed);
      const reply = await bed.admin.patch(`/api-keys/${id}`, { [field]: value });
      expect(reply).toMatchObject({ status: 422, body: { detail: [fault(msg, type, field)] } });
    });

    it('only in the state that the client has seen', async () => {
      const { id } = await createKey(bed);
      const url = `${bed.versioner.url}/api-keys/${id}`;
      const headers = { Authorization: `Bearer ${bed.versioner.adminToken}`, 'Content-Type': 'application/json' };
      const etag = (await fetch(url, { headers })).headers.get('etag')!;
      const change = async (name: string) =>
        fetch(url, { method: 'PATCH', headers: { ...headers, 'If-Match': etag }, body: JSON.stringify({ name }) });
      expect((await change('first')).status).toBe(200);
      expect((await change('second')).status).toBe(412);
      expect(await shown(id)).toMatchObject({ name: 'first' });
    });

    it('count at once: scopes, narrowing and expiry', async () => {
      const { id, pipeline } = await createKey(bed);
      const event = { product_name: 'Shop', version: '1', status: 'completed' };
      const send = async () => (await pipeline.deploy(event)).status;
      expect(await send()).toBe(201);
      for (const [changes, status] of [
        [{ scopes: ['read'] }, 403],
        [{ scopes: ['events:write'] }, 200],
        [{ products: ['billing'] }, 403],
        [{ products: ['billing', 'Shop'] }, 200],
        [{ environments: ['staging'] }, 403],
        [{ environments: null }, 200],
      ] as const) {
        expect((await bed.admin.patch(`/api-keys/${id}`, changes)).status).toBe(200);
        expect(await send()).toBe(status);
      }
    });
  });

  it('expire at their instant, and stay so', async () => {
    const { id, pipeline } = await createKey(bed, { expires_at: '2026-03-02T15:00:00.000Z' });
    bed.clock.set('2026-03-02T14:59:59.999Z');
    expect(await statusOf(pipeline)).toBe(200);
    bed.clock.set('2026-03-02T15:00:00.000Z');
    expect(await statusOf(pipeline)).toBe(401);
    const detail = 'API key has expired: create a new one with POST /api-keys/';
    for (const expires_at of ['2026-03-03T00:00:00.000Z', null]) {
      expect(await bed.admin.patch(`/api-keys/${id}`, { expires_at })).toMatchObject({ status: 409, body: { detail } });
    }
    expect((await bed.admin.patch(`/api-keys/${id}`, { name: 'late' })).status).toBe(200);
  });

  it('are listed by whether they can be used, and by scope', async () => {
    await createKey(bed, { name: 'good', expires_at: '2026-03-02T14:00:00.001Z' });
    await createKey(bed, { name: 'reader', scopes: ['read'] });
    await createKey(bed, { name: 'skipper', scopes: ['events:write', 'preflight:skip'] });
    const revoked = await createKey(bed, { name: 'revoked', scopes: ['read'] });
    await bed.admin.delete(`/api-keys/${revoked.id}`);
    const names = async (query: string) =>
      (await bed.admin.list<Key>(`/api-keys/${query}`)).map(({ name }) => name).filter((name) => name !== 'default');
    expect(await names('?active=true&limit=1')).toEqual(['skipper', 'reader', 'good']);
    expect(await names('?active=false')).toEqual(['revoked']);
    expect(await names('?scope=read')).toEqual(['revoked', 'reader']);
    expect(await names('?scope=read&scope=preflight:skip&active=true')).toEqual(['skipper', 'reader']);
    bed.clock.set('2026-03-02T14:00:00.001Z');
    expect(await names('?active=false')).toEqual(['revoked', 'good']);
    expect((await bed.admin.get('/api-keys/?scope=admin')).status).toBe(422);
  });

  it('may do what their scopes say, and no more', async () => {
    const statuses = async (scopes: string[]) => {
      const version = scopes.join();
      const event = { product_name: 'Shop', version, environment_name: 'production', status: 'pending' };
      const { pipeline } = await createKey(bed, { scopes });
      return [
        (await pipeline.post('/deployment-events/', event)).status,
        (await pipeline.post('/build-events/', { ...event, status: 'started' })).status,
        (await pipeline.post('/preflight-checks/', event)).status,
        (await pipeline.get('/deployments/')).status,
        (await pipeline.post('/api-keys/', { name: 'x' })).status,
      ];
    };
    expect(await statuses(['events:write'])).toEqual([201, 201, 200, 403, 403]);
    expect(await statuses(['read'])).toEqual([403, 403, 200, 200, 403]);
    expect(await statuses(['preflight:skip'])).toEqual([403, 403, 403, 403, 403]);
    expect(await statuses(['events:write', 'read', 'preflight:skip'])).toEqual([201, 201, 200, 200, 403]);
  });

  it('keep to their account: another one neither changes nor rotates them, nor names its things', async () => {
    const other = await createAccount(bed.versioner, 'other');
    const stranger = new Pipeline(bed.versioner.url, other.adminToken);
    const { id } = await createKey(bed);
    expect((await stranger.post(`/api-keys/${id}/rotate`, {})).status).toBe(404);
    expect((await stranger.patch(`/api-keys/${id}`, { scopes: ['read'] })).status).toBe(404);
    for (const product of ['Shop', productId]) {
      const reply = await stranger.post('/api-keys/', { name: 'x', products: [product] });
      expect(reply).toMatchObject({ status: 422, body: { detail: [unknown('product', 0)] } });
    }
  });
});
