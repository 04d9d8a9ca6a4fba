import { beforeEach, describe, expect, it } from '@jest/globals';
import { Reader } from './support/reader.js';
import { idOf, useVersioner } from './support/use-versioner.js';

describe('what is archived', () => {
  const bed = useVersioner();
  let reader: Reader;

  beforeEach(() => {
    reader = new Reader(bed.versioner);
  });

  async function archive(kind: 'products' | 'environments', id: string): Promise<void> {
    expect((await bed.admin.patch(`/${kind}/${id}`, { archived: true })).status).toBe(200);
  }

  const audited = async (id: string): Promise<unknown[]> =>
    (
      await bed.rows(`SELECT action FROM audit_log WHERE resource_id = $1 AND action !~ 'created$' ORDER BY at, id`, [
        id,
      ])
    ).map(({ action }) => action);
  const archivedAt = async (path: string): Promise<unknown> =>
    (await reader.read<{ archived_at: unknown }>(path)).archived_at;
  const namesIn = async (path: string, key: string): Promise<unknown[]> =>
    (await reader.list<Record<string, unknown>>(path)).map((entry) => entry[key]);

  it('is hidden from every list, but for who asks for it', async () => {
    const old = await reader.deployed({ product_name: 'old', version: '1', scm_sha: 'abcdef1234567890' });
    await reader.deployed({ product_name: 'new', version: '1' });
    for (const product_name of ['old', 'new']) {
      await bed.pipeline.post('/build-events/', { product_name, version: '1', status: 'completed', build_number: '7' });
    }
    expect((await bed.admin.delete(`/products/${old.product_id}?confirm=old`)).status).toBe(204);

    for (const list of ['/versions/', '/deployments/', '/builds/', '/environment-states/']) {
      expect([list, await namesIn(list, 'product_name')]).toEqual([list, ['new']]);
      for (const asked of ['OLD', old.product_id]) {
        expect([list, await namesIn(`${list}?product=${asked}`, 'product_name')]).toEqual([list, ['old']]);
      }
    }
    for (const list of [
      '/deployments/?environment=production',
      '/deployments/?status=completed',
      '/versions/?version=1',
    ]) {
      expect([list, await namesIn(list, 'product_name')]).toEqual([list, ['new']]);
    }
    expect(await namesIn('/deployments/?scm_sha=abcdef1', 'product_name')).toEqual([]);
    expect(await namesIn('/versions/?environment=production', 'product_name')).toEqual(['new']);
    // By its id everything is found.
    for (const path of [`/deployments/${old.id}`, `/versions/${old.version_id}`, `/products/${old.product_id}`]) {
      expect((await reader.get(path)).status).toBe(200);
    }
  });

  it('is still part of the past', async () => {
    const old = await reader.deployed({ product_name: 'old', version: '1', environment_name: 'qa' });
    await reader.deployed({ product_name: 'old', version: '1' });
    bed.clock.set('2026-03-02T15:00:00.000Z');
    await archive('environments', old.environment_id);
    const cells = async (query: string): Promise<unknown> =>
      (await reader.list<{ cells: { environment_name: string }[] }>(`/environment-states/${query}`)).map((row) =>
        row.cells.map(({ environment_name }) => environment_name),
      );
    expect(await cells('')).toEqual([['production']]);
    expect(await cells('?environment=qa')).toEqual([['qa']]);
    await archive('products', old.product_id);
    bed.clock.set('2026-03-02T16:00:00.000Z');
    expect(await cells('')).toEqual([]);
    expect(await cells('?product=old')).toEqual([['production']]);
    expect(await cells('?at=2026-03-02T14:30:00Z')).toEqual([['qa', 'production']]);
    expect(await cells('?at=2026-03-02T15:30:00Z')).toEqual([]);
  });

  it('shows no version on its badge', async () => {
    const old = await reader.deployed({ product_name: 'old', version: '1.2.3' });
    const { token } = (await bed.admin.post('/feed-tokens/', { kind: 'badge' })).body as { token: string };
    const badge = async (): Promise<string> =>
      (await fetch(`${bed.versioner.url}/badges/old/production.svg?token=${token}`)).text();
    expect(await badge()).toContain('1.2.3');
    await archive('environments', old.environment_id);
    expect(await badge()).toContain('old in production: archived');
    expect(await badge()).not.toContain('1.2.3');
  });

  it('comes back with the next event that names it, audited under its key', async () => {
    const { product_id: product, environment_id: environment } = await reader.deployed({
      product_name: 'old',
      version: '1',
    });
    await archive('products', product);
    await archive('environments', environment);
    bed.clock.advance(60_000);
    expect((await bed.report({ product_name: 'OLD', version: '2', status: 'completed' })).status).toBe(201);
    expect(await archivedAt(`/products/${product}`)).toBeNull();
    expect(await archivedAt(`/environments/${environment}`)).toBeNull();
    expect(await audited(product)).toEqual(['product.archived', 'product.restored']);
    expect(await audited(environment)).toEqual(['environment.archived', 'environment.restored']);
    expect(
      await bed.rows(`SELECT actor_kind, at, before, after FROM audit_log WHERE action = 'product.restored'`),
    ).toEqual([
      {
        actor_kind: 'api_key',
        at: new Date('2026-03-02T14:01:01.000Z'),
        before: { name: 'old', archived_at: '2026-03-02T14:00:01.000Z' },
        after: { name: 'old', archived_at: null },
      },
    ]);
    expect(await reader.read(`/products/${product}`)).toMatchObject({ updated_at: '2026-03-02T14:01:01.000Z' });
  });

  it('comes back with a build', async () => {
    const { product_id: product } = await reader.deployed({ product_name: 'old', version: '1' });
    await archive('products', product);
    const build = { product_name: 'old', version: '2', status: 'started', build_number: '7' };
    expect((await bed.pipeline.post('/build-events/', build)).status).toBe(201);
    expect(await archivedAt(`/products/${product}`)).toBeNull();
    expect(await audited(product)).toEqual(['product.archived', 'product.restored']);
    // A repeat says nothing new.
    await archive('products', product);
    expect((await bed.pipeline.post('/build-events/', build)).status).toBe(200);
    expect(await archivedAt(`/products/${product}`)).not.toBeNull();
  });

  it('comes back with a start that is blocked, as what is new comes into being with one', async () => {
    const { product_id: product } = await reader.deployed({ product_name: 'old', version: '1' });
    await bed.admin.post('/deployment-rules/', {
      name: 'freeze',
      type: 'schedule',
      config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] },
    });
    await archive('products', product);
    expect((await bed.report({ product_name: 'old', version: '2' })).status).toBe(423);
    expect(await archivedAt(`/products/${product}`)).toBeNull();
  });

  it('stays away where an event says nothing new, or somebody only asks', async () => {
    const started = await bed.report({ product_name: 'old', invoke_id: 'run' });
    const { product_id: product } = started.body as { product_id: string };
    await archive('products', product);
    expect((await bed.report({ product_name: 'old', invoke_id: 'run' })).status).toBe(200);
    await bed.pipeline.post('/preflight-checks/', {
      product_name: 'old',
      version: '9',
      environment_name: 'production',
    });
    expect((await bed.admin.post(`/deployments/${idOf(started)}/abort`, { reason: 'stuck' })).status).toBe(200);
    expect(await archivedAt(`/products/${product}`)).not.toBeNull();
    expect(await audited(product)).toEqual(['product.archived']);
  });

  it('comes back where starts count across the products of an environment', async () => {
    const { environment_id: environment } = await reader.deployed({ product_name: 'old', version: '1' });
    await bed.admin.post('/deployment-rules/', {
      name: 'one at a time',
      type: 'concurrency',
      config: { per: 'environment', max_concurrent: 1 },
    });
    await archive('environments', environment);
    const starts = await Promise.all(['a', 'b', 'c'].map(async (product_name) => bed.report({ product_name })));
    expect(starts.map(({ status }) => status).sort((one, other) => one - other)).toEqual([201, 409, 409]);
    expect(await archivedAt(`/environments/${environment}`)).toBeNull();
    expect(await audited(environment)).toEqual(['environment.archived', 'environment.restored']);
  });

  it('comes back once, however many events name it at once', async () => {
    const { product_id: product, environment_id: environment } = await reader.deployed({
      product_name: 'old',
      version: '1',
    });
    for (let round = 0; round < 5; round++) {
      await archive('products', product);
      await archive('environments', environment);
      const events = Array.from({ length: 12 }, async (_, i) =>
        bed.report({ product_name: i % 2 === 0 ? 'old' : `p${i}`, version: `${round}.${i}`, status: 'completed' }),
      );
      expect((await Promise.all(events)).map(({ status }) => status)).toEqual(Array.from(events, () => 201));
      expect(await archivedAt(`/products/${product}`)).toBeNull();
    }
    expect((await audited(product)).filter((action) => action === 'product.restored')).toHaveLength(5);
    expect((await audited(environment)).filter((action) => action === 'environment.restored')).toHaveLength(5);
  });

  it('is unknown to a closed catalog', async () => {
    const { product_id: product, environment_id: environment } = await reader.deployed({
      product_name: 'old',
      version: '1',
    });
    await archive('products', product);
    await archive('environments', environment);
    expect((await bed.admin.patch('/account', { catalog: 'closed' })).status).toBe(200);
    const refused = await bed.report({ product_name: 'old', version: '2' });
    const unknown = (field: string, what: string): object => ({
      loc: ['body', field],
      msg: `unknown ${what}; the catalog of this account is closed`,
      type: 'value_error.unknown',
    });
    expect([refused.status, refused.body]).toEqual([
      422,
      { detail: [unknown('product_name', 'product'), unknown('environment_name', 'environment')] },
    ]);
    const build = { product_name: 'old', version: '2', status: 'started' };
    expect((await bed.pipeline.post('/build-events/', build)).status).toBe(422);
    expect(await archivedAt(`/products/${product}`)).not.toBeNull();

    // What is made or brought back over REST is known; versions are never closed.
    await bed.admin.patch(`/environments/${environment}`, { archived: false });
    expect((await bed.report({ product_name: 'fresh', version: '2' })).status).toBe(422);
    await bed.admin.post('/products/', { name: 'fresh' });
    expect((await bed.report({ product_name: 'Fresh', version: '2' })).status).toBe(201);
  });
});
