import { describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { idOf, useVersioner } from './support/use-versioner.js';

describe('products over REST', () => {
  const bed = useVersioner();

  async function create(product: object): Promise<string> {
    const reply = await bed.admin.post('/products/', product);
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
    return idOf(reply);
  }

  async function edit(id: string, changes: object, ifMatch: string): Promise<Response> {
    return fetch(`${bed.versioner.url}/products/${id}`, {
      method: 'PATCH',
      headers: {
        Authorization: `Bearer ${bed.versioner.adminToken}`,
        'Content-Type': 'application/json',
        'If-Match': ifMatch,
      },
      body: JSON.stringify(changes),
    });
  }

  const audited = async (id: string): Promise<Record<string, unknown>[]> =>
    bed.rows('SELECT action, before, after FROM audit_log WHERE resource_id = $1 ORDER BY id', [id]);
  const detailOf = ({ body }: Reply): unknown => (body as { detail: unknown }).detail;

  it('are made, shown, changed and audited', async () => {
    const whole = { name: ' Shop ', description: 'Sells', type: 'service', metadata: { team: { lead: 'mona' } } };
    const reply = await bed.admin.post('/products/', whole);
    const made = {
      id: idOf(reply),
      ...whole,
      name: 'Shop',
      aliases: [],
      created_at: '2026-03-02T14:00:00.000Z',
      updated_at: '2026-03-02T14:00:00.000Z',
      archived_at: null,
    };
    expect([reply.status, reply.headers.get('location'), reply.body]).toEqual([201, `/products/${made.id}`, made]);
    expect((await bed.admin.get(`/products/${made.id}`)).body).toEqual(made);

    bed.clock.advance(1000);
    const changes = { description: null, type: 'library', metadata: { a: 1 } };
    const changed = { ...made, ...changes, updated_at: '2026-03-02T14:00:01.000Z' };
    expect((await bed.admin.patch(`/products/${made.id}`, changes)).body).toEqual(changed);
    // What is as it should be already changes nothing.
    bed.clock.advance(1000);
    expect((await bed.admin.patch(`/products/${made.id}`, { ...changes, name: 'Shop' })).body).toEqual(changed);
    expect(await audited(made.id)).toEqual([
      { action: 'product.created', before: null, after: made },
      { action: 'product.updated', before: made, after: changed },
    ]);
    // An event finds what was made.
    expect((await bed.report({ product_name: 'SHOP' })).body).toMatchObject({ product_id: made.id });
  });

  it('are made once for one idempotency key', async () => {
    const post = async (): Promise<Response> =>
      fetch(`${bed.versioner.url}/products/`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${bed.versioner.adminToken}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': 'once',
        },
        body: JSON.stringify({ name: 'shop' }),
      });
    const [first, second] = [await post(), await post()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await second.json()).toEqual(await first.json());
    expect(await bed.admin.list('/products/')).toHaveLength(1);
  });

  it('are filtered by label and by whether they are archived', async () => {
    const [web, api, old] = [
      await create({ name: 'web', type: 'website' }),
      await create({ name: 'api', type: 'service' }),
      await create({ name: 'old', type: 'service' }),
    ];
    await bed.admin.patch(`/products/${old}`, { archived: true });
    const ids = async (query: string): Promise<unknown[]> =>
      (await bed.admin.list<{ id: string }>(`/products/${query}`)).map(({ id }) => id).sort();
    expect(await ids('')).toEqual([web, api].sort());
    expect(await ids('?type=service')).toEqual([api]);
    expect(await ids('?type=service&type=website')).toEqual([web, api].sort());
    expect(await ids('?archived=true')).toEqual([old]);
    expect(await ids('?archived=all&type=service')).toEqual([api, old].sort());
    // Who names it looks for it.
    expect(await ids('?name=old')).toEqual([old]);
    expect(await ids('?name=old&archived=false')).toEqual([]);
  });

  it('refuse what makes no sense, every fault at once', async () => {
    const reply = await bed.admin.post('/products/', {
      name: 'pro\u200bd',
      description: 5,
      type: 'x'.repeat(51),
      metadata: { a: { b: { c: { d: { e: {} } } } } },
    });
    expect(reply.status).toBe(422);
    expect(detailOf(reply)).toEqual([
      { loc: ['body', 'name'], msg: 'invalid character in string', type: 'value_error.str.character' },
      { loc: ['body', 'description'], msg: 'str type expected', type: 'type_error.str' },
      {
        loc: ['body', 'type'],
        msg: 'ensure this value has at most 50 characters',
        type: 'value_error.any_str.max_length',
      },
      { loc: ['body', 'metadata'], msg: expect.stringContaining('5'), type: expect.any(String) },
    ]);
    const id = await create({ name: 'shop' });
    for (const [changes, at] of [
      [{ name: null }, 'name'],
      [{ name: '  ' }, 'name'],
      [{ aliases: 'x' }, 'aliases'],
      [{ aliases: ['ok', 'a\u202eb'] }, 'aliases'],
      [{ metadata: null }, 'metadata'],
      [{ metadata: { text: 'x'.repeat(20_000) } }, 'metadata'],
      [{ archived: 'yes' }, 'archived'],
    ] as const) {
      const refused = await bed.admin.patch(`/products/${id}`, changes);
      expect([refused.status, detailOf(refused)]).toEqual([
        422,
        [expect.objectContaining({ loc: expect.arrayContaining(['body', at]) })],
      ]);
    }
    expect(await audited(id)).toHaveLength(1);
  });

  it('are changed by those who may, and found by their own account', async () => {
    const id = await create({ name: 'shop' });
    const developer = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'developer')).token);
    for (const client of [developer, bed.pipeline]) {
      expect((await client.post('/products/', { name: 'x' })).status).toBe(403);
      expect((await client.patch(`/products/${id}`, { name: 'x' })).status).toBe(403);
      expect((await client.delete(`/products/${id}?confirm=shop`)).status).toBe(403);
    }
    expect((await bed.admin.patch(`/products/${unknownId}`, { name: 'x' })).status).toBe(404);
    expect((await bed.admin.delete(`/products/${unknownId}?confirm=x`)).status).toBe(404);
    expect((await bed.admin.delete(`/products/${unknownId}`)).status).toBe(404);
  });

  it('are not changed by who has seen an older state', async () => {
    const id = await create({ name: 'shop' });
    const tag = (await bed.admin.get(`/products/${id}`)).headers.get('etag')!;
    const edited = await edit(id, { name: 'store' }, tag);
    expect(edited.status).toBe(200);
    const stale = await edit(id, { name: 'market' }, tag);
    expect([stale.status, await stale.json()]).toEqual([412, { detail: expect.any(String) }]);
    // Nothing of it was done: the name is free.
    await create({ name: 'market' });
    expect((await edit(id, { type: 'service' }, edited.headers.get('etag')!)).status).toBe(200);
    const archive = await fetch(`${bed.versioner.url}/products/${id}?confirm=store`, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${bed.versioner.adminToken}`, 'If-Match': tag },
    });
    expect(archive.status).toBe(412);
  });

  it('keep the names that they had, swap with their own, and change the case', async () => {
    const id = await create({ name: 'shop' });
    const rename = async (name: string): Promise<unknown> => {
      const { status, body } = await bed.admin.patch(`/products/${id}`, { name });
      return [status, (body as { name: string }).name, (body as { aliases: string[] }).aliases];
    };
    expect(await rename('store')).toEqual([200, 'store', ['shop']]);
    expect(await rename('market')).toEqual([200, 'market', ['shop', 'store']]);
    expect(await rename('SHOP')).toEqual([200, 'SHOP', ['market', 'store']]);
    expect(await rename('Shop')).toEqual([200, 'Shop', ['market', 'store']]);
    for (const product_name of ['shop', 'store', 'MARKET']) {
      expect((await bed.report({ product_name, version: product_name, status: 'completed' })).body).toMatchObject({
        product_id: id,
        product_name: 'Shop',
      });
    }
    expect(await bed.admin.list('/products/')).toHaveLength(1);
  });

  it('do not take the name of another, and say whose it is', async () => {
    const [web, shop] = [await create({ name: 'web' }), await create({ name: 'shop' })];
    await bed.admin.patch(`/products/${shop}`, { name: 'store' });
    const refusals = [
      await bed.admin.post('/products/', { name: 'STORE' }),
      await bed.admin.patch(`/products/${web}`, { name: 'Store' }),
      await bed.admin.patch(`/products/${web}`, { name: 'shop', type: 'service' }),
      await bed.admin.patch(`/products/${web}`, { aliases: ['fine', 'shop'] }),
    ];
    for (const refused of refusals) {
      expect([refused.status, refused.body]).toEqual([409, { detail: expect.stringContaining(shop) }]);
    }
    expect((await bed.admin.get(`/products/${web}`)).body).toMatchObject({ name: 'web', aliases: [], type: null });
    // Of an archived one it says how to go on.
    await bed.admin.delete(`/products/${shop}?confirm=store`);
    const refused = await bed.admin.post('/products/', { name: 'shop' });
    expect([refused.status, detailOf(refused)]).toEqual([
      409,
      expect.stringMatching(new RegExp(`archived product store \\(${shop}\\).*PATCH /products/${shop}`)),
    ]);
    expect(await bed.rows('SELECT name_key FROM product_names ORDER BY name_key')).toEqual(
      ['shop', 'store', 'web'].map((name_key) => ({ name_key })),
    );
  });

  it('keep a hundred aliases, as many as can be sent back, and no more', async () => {
    const id = await create({ name: 'name-0' });
    for (let n = 1; n <= 100; n++)
      expect(await bed.admin.patch(`/products/${id}`, { name: `name-${n}` })).toMatchObject({ status: 200 });
    const { body } = await bed.admin.get(`/products/${id}`);
    expect(await bed.admin.patch(`/products/${id}`, { name: 'name-101' })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('give up one first') },
    });
    const { aliases } = body as { aliases: string[] };
    expect(await bed.admin.patch(`/products/${id}`, { aliases })).toMatchObject({ status: 200, body: { aliases } });
    expect(await bed.admin.patch(`/products/${id}`, { name: 'name-50' })).toMatchObject({ status: 200 });
    expect(await bed.admin.patch(`/products/${id}`, { name: 'name-101', aliases: aliases.slice(1) })).toMatchObject({
      status: 200,
    });
  });

  it('give up an alias that nothing goes by, and take further ones', async () => {
    const id = await create({ name: 'shop' });
    expect((await bed.admin.patch(`/products/${id}`, { aliases: ['Store', 'market', 'store'] })).body).toMatchObject({
      aliases: ['Store', 'market'],
    });
    // The name that a rename leaves behind is kept, whatever is listed.
    expect((await bed.admin.patch(`/products/${id}`, { name: 'bazaar', aliases: ['market'] })).body).toMatchObject({
      aliases: ['market', 'shop'],
    });
    expect((await bed.admin.patch(`/products/${id}`, { aliases: [] })).body).toMatchObject({
      name: 'bazaar',
      aliases: [],
    });
    // The name is free again.
    await create({ name: 'shop' });
  });

  it('keep an alias that a rule goes by', async () => {
    const id = await create({ name: 'shop' });
    const rule = idOf(
      await bed.admin.post('/deployment-rules/', {
        name: 'freeze',
        type: 'schedule',
        products: ['Shop'],
        config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] },
      }),
    );
    await bed.admin.patch(`/products/${id}`, { name: 'store' });
    const refused = await bed.admin.patch(`/products/${id}`, { aliases: [] });
    expect([refused.status, detailOf(refused)]).toEqual([409, expect.stringContaining('"freeze"')]);
    expect((await bed.report({ product_name: 'shop' })).status).toBe(423);
    await bed.admin.delete(`/deployment-rules/${rule}`);
    expect((await bed.admin.patch(`/products/${id}`, { aliases: [] })).status).toBe(200);
  });
});
