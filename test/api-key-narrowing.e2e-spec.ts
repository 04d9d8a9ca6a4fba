import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from './support/create-key.js';
import type { Pipeline, Reply } from './support/pipeline.js';
import { renameProduct } from './support/rename-product.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const forbidden = { detail: 'You do not have permission to perform this action' };
const scopes = ['events:write', 'read'];

describe('a narrowed key', () => {
  const bed = useVersioner();

  /** `store`, which was called `shop`, and `billing`; each has been to production and staging. */
  beforeEach(async () => {
    for (const product_name of ['shop', 'billing']) {
      for (const environment_name of ['production', 'staging']) {
        await bed.report({ product_name, environment_name, version: '1', status: 'completed' });
      }
    }
    await renameProduct(bed.admin, await productId('shop'), 'store');
  });

  async function productId(name: string): Promise<string> {
    return (await bed.rows('SELECT id FROM products WHERE name = $1', [name]))[0]!['id'] as string;
  }

  const toProduct = { products: ['store'] };
  const toEnvironment = { environments: ['staging'] };
  const toBoth = { ...toProduct, ...toEnvironment };

  const places = [
    ['inside', 'store', 'staging'],
    ['inside, by a former name', 'shop', 'staging'],
    ['inside, in another letter case', ' STORE ', 'Staging'],
    ['inside, a former name in another letter case', 'Shop', 'STAGING'],
    ['in another product', 'billing', 'staging'],
    ['in another environment', 'store', 'production'],
    ['in neither', 'billing', 'production'],
    ['in a product that there is not', 'unheard-of', 'staging'],
    ['in an environment that there is not', 'store', 'unheard-of'],
    ['in nothing that there is', 'unheard-of', 'nowhere'],
  ] as const;
  const insideProduct = new Set(['store', 'shop', ' STORE ', 'Shop']);
  const insideEnvironment = new Set(['staging', 'Staging', 'STAGING']);

  const narrowings = [
    ['a product', toProduct, (product: string) => insideProduct.has(product)],
    ['an environment', toEnvironment, (_: string, environment: string) => insideEnvironment.has(environment)],
    [
      'both',
      toBoth,
      (product: string, environment: string) => insideProduct.has(product) && insideEnvironment.has(environment),
    ],
  ] as const;

  const routes = [
    [
      'a start',
      (key: Pipeline, product_name: string, environment_name: string) =>
        key.deploy({ product_name, environment_name, version: '2' }),
    ],
    [
      'an end',
      (key: Pipeline, product_name: string, environment_name: string) =>
        key.deploy({ product_name, environment_name, version: '2', status: 'completed' }),
    ],
    [
      'a dry run',
      (key: Pipeline, product_name: string, environment_name: string) =>
        key.post('/preflight-checks/', { product_name, environment_name, version: '2' }),
    ],
  ] as const;

  const cases = narrowings.flatMap(([what, fields, within]) =>
    routes.map(([route, send]) => ({ what, fields, within, route, send })),
  );

  it.each(cases)('to $what keeps to it: $route', async ({ fields, within, send }) => {
    const { pipeline } = await createKey(bed, fields);
    for (const [where, product, environment] of places) {
      const before = await bed.written();
      const reply = await send(pipeline, product, environment);
      if (within(product, environment)) {
        expect([where, [200, 201].includes(reply.status)]).toEqual([where, true]);
        continue;
      }
      expect([where, reply]).toMatchObject([where, { status: 403, body: forbidden }]);
      expect([where, await bed.written()]).toEqual([where, before]);
    }
  });

  it('brings no environment into being where it is refused', async () => {
    const { pipeline } = await createKey(bed, toBoth);
    await pipeline.deploy({ product_name: 'store', version: '2', environment_name: 'unheard-of' });
    await pipeline.deploy({ product_name: 'billing', version: '2', environment_name: 'nowhere' });
    const names = await bed.rows('SELECT name FROM environments ORDER BY name');
    expect(names).toEqual([{ name: 'production' }, { name: 'staging' }]);
  });

  it.each(['/build-events/', '/version-events/'])('reports builds of its products alone: %s', async (path) => {
    const { pipeline } = await createKey(bed, toBoth);
    // A build names no environment.
    const { pipeline: toEnvironmentAlone } = await createKey(bed, toEnvironment);
    for (const product_name of ['store', 'Shop', 'billing', 'unheard-of']) {
      const build = { product_name, version: product_name, status: 'completed' };
      const before = await bed.written();
      const reply = await pipeline.post(path, build);
      if (insideProduct.has(product_name)) expect([product_name, reply.status]).toEqual([product_name, 201]);
      else {
        expect([product_name, reply]).toMatchObject([product_name, { status: 403, body: forbidden }]);
        expect(await bed.written()).toEqual(before);
      }
      expect((await toEnvironmentAlone.post(path, { ...build, invoke_id: 'other' })).status).toBe(201);
    }
  });

  it('aborts what is inside, and learns of nothing else whether there is such a deployment', async () => {
    const { pipeline } = await createKey(bed, toBoth);
    const start = async (product_name: string, environment_name: string) =>
      idOf(await bed.report({ product_name, environment_name, version: '2' }));
    const abort = (id: string) => pipeline.post(`/deployments/${id}/abort`, { reason: 'stuck' });
    const outside = [await start('billing', 'staging'), await start('store', 'production'), randomUUID()];
    for (const id of outside) expect(await abort(id)).toMatchObject({ status: 403, body: forbidden });
    expect(await bed.rows(`SELECT FROM deployments WHERE status = 'aborted'`)).toEqual([]);
    expect(await abort(await start('store', 'staging'))).toMatchObject({ status: 200, body: { status: 'aborted' } });
  });

  it('is told what is wrong with an event before it is told that it lies outside', async () => {
    const { pipeline } = await createKey(bed, toProduct);
    const reply = await pipeline.deploy({ product_name: 'billing', version: '' });
    expect(reply.status).toBe(422);
  });

  it('is told nothing of checks outside, nor of what a closed catalog knows', async () => {
    await bed.admin.post('/deployment-rules/', {
      name: 'never',
      type: 'schedule',
      config: {
        mode: 'deny',
        timezone: 'UTC',
        windows: [{ start: '2026-01-01T00:00:00Z', end: '2027-01-01T00:00:00Z' }],
      },
    });
    await bed.admin.patch('/account/', { catalog: 'closed' });
    const { pipeline } = await createKey(bed, toProduct);
    for (const product_name of ['billing', 'unheard-of']) {
      const reply = await pipeline.deploy({ product_name, version: '2' });
      expect(reply).toMatchObject({ status: 403, body: forbidden });
    }
    expect((await pipeline.deploy({ product_name: 'store', version: '2', environment_name: 'x' })).status).toBe(422);
  });

  it('does not bring back what is archived outside', async () => {
    const { pipeline } = await createKey(bed, toProduct);
    const id = await productId('billing');
    expect((await bed.admin.delete(`/products/${id}?confirm=billing`)).status).toBe(204);
    const events = [
      await pipeline.deploy({ product_name: 'billing', version: '2' }),
      await pipeline.post('/build-events/', { product_name: 'billing', version: '2', status: 'started' }),
    ];
    expect(events.map(({ status }) => status)).toEqual([403, 403]);
    const [row] = await bed.rows('SELECT archived_at FROM products WHERE id = $1', [id]);
    expect(row!['archived_at']).not.toBeNull();
  });

  it('fails alone where others send at the same time', async () => {
    const { pipeline: narrowed } = await createKey(bed, toProduct);
    const sent = Array.from({ length: 24 }, (_, i) => i);
    const replies = await Promise.all(
      sent.map(async (i): Promise<Reply> => {
        const event = { version: '2', environment_name: `e${i}`, status: 'completed' };
        if (i % 3 === 0) return narrowed.deploy({ ...event, product_name: 'brand-new' });
        if (i % 3 === 1) return narrowed.deploy({ ...event, product_name: 'store' });
        return bed.pipeline.deploy({ ...event, product_name: i % 2 === 0 ? 'brand-new' : 'billing' });
      }),
    );
    expect(replies.map(({ status }) => status)).toEqual(sent.map((i) => (i % 3 === 0 ? 403 : 201)));
    const made = await bed.rows(`SELECT name FROM environments WHERE name LIKE 'e%' ORDER BY name`);
    const allowed = sent.filter((i) => i % 3 !== 0).map((i) => ({ name: `e${i}` }));
    expect(made).toEqual(allowed.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
  });

  describe('that was narrowed since', () => {
    const event = { product_name: 'billing', version: '7', environment_name: 'staging', invoke_id: 'run-1' };

    it('is not given the answer to a repeat', async () => {
      const { id, pipeline } = await createKey(bed, { scopes });
      expect((await pipeline.deploy(event)).status).toBe(201);
      expect((await pipeline.deploy(event)).status).toBe(200);
      await bed.admin.patch(`/api-keys/${id}`, toProduct);
      expect(await pipeline.deploy(event)).toMatchObject({ status: 403, body: forbidden });
      expect(await pipeline.deploy({ ...event, status: 'completed' })).toMatchObject({ status: 403 });
    });

    it('does not report on an attempt that was blocked outside', async () => {
      const { id, pipeline } = await createKey(bed, { scopes });
      await bed.pipeline.deploy({ ...event, version: '6', invoke_id: 'other' });
      expect((await pipeline.deploy(event)).status).toBe(409);
      await bed.admin.patch(`/api-keys/${id}`, toProduct);
      const before = await bed.written();
      expect(await pipeline.deploy({ ...event, status: 'failed' })).toMatchObject({ status: 403, body: forbidden });
      expect(await bed.written()).toEqual(before);
    });

    it.each([
      ['an event', '/deployment-events/', { ...event, status: 'started' }, 201, 403],
      ['a build', '/build-events/', { product_name: 'billing', version: '7', status: 'started' }, 201, 403],
      ['a dry run', '/preflight-checks/', { product_name: 'billing', version: '8', environment_name: 'x' }, 200, 403],
      ['an event inside', '/deployment-events/', { ...event, product_name: 'store', status: 'started' }, 201, 201],
      [
        'a dry run inside',
        '/preflight-checks/',
        { product_name: 'store', version: '8', environment_name: 'x' },
        200,
        200,
      ],
    ] as const)('is not given what was kept under an idempotency key: %s', async (_, path, body, first, then) => {
      const { id, secret } = await createKey(bed, { scopes });
      const send = async () =>
        fetch(bed.versioner.url + path, {
          method: 'POST',
          headers: { Authorization: `Bearer ${secret}`, 'Content-Type': 'application/json', 'Idempotency-Key': 'once' },
          body: JSON.stringify(body),
        });
      expect((await send()).status).toBe(first);
      expect((await send()).headers.get('idempotency-replayed')).toBe('true');
      await bed.admin.patch(`/api-keys/${id}`, toProduct);
      const reply = await send();
      expect(reply.status).toBe(then);
      if (then === 403) expect(await reply.json()).toEqual(forbidden);
    });
  });

  it('keeps to the same product when that gets another name, and another one gets its name', async () => {
    const { pipeline } = await createKey(bed, { products: ['billing'] });
    await renameProduct(bed.admin, await productId('billing'), 'invoices');
    const send = async (product_name: string) => (await pipeline.deploy({ product_name, version: '9' })).status;
    expect(await send('invoices')).toBe(201);
    await bed.rows(`DELETE FROM product_names WHERE name = 'billing'`);
    await bed.report({ product_name: 'billing', version: '1', status: 'completed' });
    expect(await send('billing')).toBe(403);
  });
});
