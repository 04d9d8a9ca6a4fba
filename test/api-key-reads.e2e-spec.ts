import { beforeEach, describe, expect, it } from '@jest/globals';
import { createKey } from './support/create-key.js';
import { createPerson } from './support/create-person.js';
import { Pipeline } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

type Row = Readonly<Record<string, string>>;
interface Operation {
  readonly 'x-permission'?: string;
  readonly 'x-narrowed-keys'?: true;
}

/** `store` and `billing`, each in production and staging: what of them a narrowed key reads. */
describe('a narrowed key that reads', () => {
  const bed = useVersioner();
  const products = ['store', 'billing'] as const;
  const environments = ['production', 'staging'] as const;
  let deployments: Map<string, string>;
  let ids: Map<string, string>;

  beforeEach(async () => {
    deployments = new Map();
    ids = new Map();
    for (const product_name of products) {
      for (const environment_name of environments) {
        const reply = await bed.report({ product_name, environment_name, version: '1', status: 'completed' });
        const { id, product_id, environment_id, version_id } = reply.body as Row;
        deployments.set(`${product_name} ${environment_name}`, id!);
        ids.set(product_name, product_id!).set(environment_name, environment_id!).set(`${product_name} 1`, version_id!);
      }
      const build = await bed.pipeline.post('/build-events/', { product_name, version: '1', status: 'completed' });
      ids.set(`${product_name} build`, idOf(build));
      // Of a version that is deployed nowhere.
      await bed.pipeline.post('/build-events/', { product_name, version: '2', status: 'started' });
    }
  });

  async function reader(narrowing: object): Promise<Pipeline> {
    return (await createKey(bed, { scopes: ['read'], ...narrowing })).pipeline;
  }

  const cases = [
    { to: { products: ['store'] }, seenProducts: ['store'], seenEnvironments: environments },
    { to: { environments: ['staging'] }, seenProducts: products, seenEnvironments: ['staging'] },
    { to: { products: ['store'], environments: ['staging'] }, seenProducts: ['store'], seenEnvironments: ['staging'] },
  ] as const;

  const has = (list: readonly string[], one: string) => list.includes(one);
  const pick = (rows: Row[], ...fields: string[]) =>
    [...new Set(rows.map((row) => fields.map((field) => row[field]).join(' ')))].toSorted();
  const pairs = (ofProducts: readonly string[], ofEnvironments: readonly string[]) =>
    ofProducts.flatMap((product) => ofEnvironments.map((environment) => `${product} ${environment}`)).toSorted();

  it.each(cases)('lists what is inside: $to', async ({ to, seenProducts, seenEnvironments }) => {
    const key = await reader(to);
    const list = async (path: string, ...fields: string[]) => pick(await key.list<Row>(path), ...fields);
    const cells = pairs(seenProducts, seenEnvironments);
    expect(await list('/deployments/', 'product_name', 'environment_name')).toEqual(cells);
    expect(await list('/deployments/?limit=1', 'product_name', 'environment_name')).toEqual(cells);
    expect(await list('/builds/', 'product_name')).toEqual(seenProducts.toSorted());
    expect(await list('/versions/', 'product_name', 'version')).toEqual(pairs(seenProducts, ['1', '2']));
    expect(await list('/products/', 'name')).toEqual(seenProducts.toSorted());
    expect(await list('/environments/', 'name')).toEqual(seenEnvironments.toSorted());

    const matrix = await key.list<{ product_name: string; cells: Row[] }>('/environment-states/');
    const filled = matrix.flatMap((row) => row.cells.map((cell) => `${row.product_name} ${cell['environment_name']}`));
    expect(filled.toSorted()).toEqual(cells);
  });

  it.each(cases)('finds nothing else by any filter: $to', async ({ to, seenProducts, seenEnvironments }) => {
    const key = await reader(to);
    const count = async (path: string) => (await key.list(path)).length > 0;
    for (const product of products) {
      for (const by of [product, ids.get(product)!]) {
        const seen = has(seenProducts, product);
        expect([product, await count(`/deployments/?product=${by}`)]).toEqual([product, seen]);
        expect([product, await count(`/builds/?product=${by}`)]).toEqual([product, seen]);
        expect([product, await count(`/builds/?product=${by}&version=1&status=completed`)]).toEqual([product, seen]);
        expect([product, await count(`/versions/?product=${by}`)]).toEqual([product, seen]);
        expect([product, await count(`/versions/?product=${by}&version=1`)]).toEqual([product, seen]);
        expect([product, await count(`/products/?name=${by}`)]).toEqual([product, seen]);
        expect([product, await count(`/environment-states/?product=${by}`)]).toEqual([product, seen]);
      }
      for (const environment of environments) {
        const seen = has(seenProducts, product) && has(seenEnvironments, environment);
        const where = `product=${product}&environment=${environment}`;
        for (const path of ['/deployments/', '/versions/', '/environment-states/', '/environment-states/history']) {
          expect([path, where, await count(`${path}?${where}`)]).toEqual([path, where, seen]);
        }
        const type = `product=${product}&environment_type=${environment}`;
        expect([type, await count(`/deployments/?${type}`)]).toEqual([type, seen]);
      }
    }
    for (const environment of environments) {
      const seen = has(seenEnvironments, environment);
      expect([environment, await count(`/environments/?name=${environment}`)]).toEqual([environment, seen]);
      expect([environment, await count(`/versions/?environment=${environment}`)]).toEqual([environment, seen]);
    }
  });

  it.each(cases)('reads one thing only if it is inside, else there is none: $to', async (one) => {
    const key = await reader(one.to);
    const status = async (path: string) => (await key.get(path)).status;
    for (const product of products) {
      const ofProduct = has(one.seenProducts, product) ? 200 : 404;
      expect([product, await status(`/products/${ids.get(product)}`)]).toEqual([product, ofProduct]);
      expect([product, await status(`/versions/${ids.get(`${product} 1`)}`)]).toEqual([product, ofProduct]);
      expect([product, await status(`/builds/${ids.get(`${product} build`)}`)]).toEqual([product, ofProduct]);
      for (const environment of environments) {
        const inside = has(one.seenProducts, product) && has(one.seenEnvironments, environment) ? 200 : 404;
        const id = deployments.get(`${product} ${environment}`)!;
        expect([product, environment, await status(`/deployments/${id}`)]).toEqual([product, environment, inside]);
        expect([product, environment, await status(`/deployments/${id}/events`)]).toEqual([
          product,
          environment,
          inside,
        ]);
      }
    }
    for (const environment of environments) {
      const seen = has(one.seenEnvironments, environment) ? 200 : 404;
      expect([environment, await status(`/environments/${ids.get(environment)}`)]).toEqual([environment, seen]);
    }
  });

  it('is not told with a version what was decided for, or is deployed in, another environment', async () => {
    const { token } = await createPerson(bed.versioner, 'qa');
    const version = ids.get('store 1')!;
    const approver = new Pipeline(bed.versioner.url, token);
    for (const environment of [undefined, ...environments]) {
      const approval = { decision: 'approved', approval_type: 'qa', ...(environment && { environment }) };
      expect((await approver.post(`/versions/${version}/approvals`, approval)).status).toBe(201);
    }
    const key = await reader({ environments: ['staging'] });
    const { body } = await key.get(`/versions/${version}`);
    const { approvals, deployed_in } = body as { approvals: Row[]; deployed_in: Row[] };
    expect(approvals.map(({ environment_name }) => environment_name)).toEqual(['staging', null]);
    expect(deployed_in.map(({ environment_name }) => environment_name)).toEqual(['staging']);
  });

  it('may use these routes and no others, whatever its scopes', async () => {
    const { pipeline, secret } = await createKey(bed, { scopes: ['read', 'events:write'], products: ['store'] });
    const { body } = await bed.pipeline.get('/openapi.json');
    const { paths } = body as { paths: Record<string, Record<string, Operation>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
    const open = operations.filter(({ operation }) => operation['x-narrowed-keys']);
    expect(open.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([
      'GET /builds/',
      'GET /builds/{id}',
      'GET /deployments/',
      'GET /deployments/{id}',
      'GET /deployments/{id}/events',
      'GET /environment-states/',
      'GET /environment-states/history',
      'GET /environments/',
      'GET /environments/{id}',
      'GET /products/',
      'GET /products/{id}',
      'GET /versions/',
      'GET /versions/{id}',
      'POST /build-events/',
      'POST /deployment-events/',
      'POST /deployments/{id}/abort',
      'POST /preflight-checks/',
      'POST /version-events/',
    ]);

    const others = operations.filter(
      ({ operation: { 'x-permission': permission, ...operation } }) =>
        permission !== 'public' && permission !== 'authenticated' && !operation['x-narrowed-keys'],
    );
    expect(others.length).toBeGreaterThan(40);
    for (const { method, path } of others) {
      const { status } = await fetch(bed.versioner.url + path.replaceAll(/\{\w+\}/g, ids.get('store')!), {
        method,
        headers: { Authorization: `Bearer ${secret}` },
      });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
    expect((await pipeline.get('/me/')).status).toBe(200);
  });
});
