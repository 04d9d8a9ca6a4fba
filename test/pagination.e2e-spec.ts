import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

interface Entry {
  id: string;
  created_at: string;
}

const products = 3;
const versions = 4;
const total = products * versions;

describe('lists', () => {
  const bed = useVersioner();
  let client: Pipeline;

  /** In pairs within one millisecond, so that only the id tells their order. */
  beforeEach(async () => {
    client = bed.admin;
    for (let n = 0; n < total; n++) {
      if (n % 2 === 0) bed.versioner.clock.advance(60_000);
      const event = { product_name: `product-${n % products}`, version: `1.${n}`, status: 'completed' };
      await client.post('/build-events/', event);
      await client.deploy({ ...event, environment_name: `env-${n % 2}`, deployed_by: `person-${n % 2}` });
    }
  }, 60_000);

  const lists: [string, number][] = [
    ['/products/', products],
    ['/environments/', 2],
    ['/versions/', total],
    ['/versions/?product=product-0', versions],
    ['/versions/?product=product-0&product=product-1', 2 * versions],
    ['/versions/?environment=env-0', products],
    ['/builds/', total],
    ['/builds/?status=completed', total],
    ['/builds/?version=1.1&version=1.2', 2],
    ['/deployments/', total],
    ['/deployments/?product=product-0&product=product-1&product=product-2', total],
    ['/deployments/?environment=env-0', total / 2],
    ['/deployments/?environment_type=other', total],
    ['/deployments/?status=completed', total],
    ['/deployments/?deployed_by=person-0&deployed_by=person-1', total],
    ['/deployments/?version=1.1&version=1.2&version=1.3', 3],
    ['/deployments/?from=2026-03-02T14:02:00Z&to=2026-03-02T14:04:00Z', 6],
  ];

  it.each(lists)('%s shows each entry once, newest first, whatever the size of a page', async (path, count) => {
    const { body, headers } = await client.get(path);
    const all = body as Entry[];
    expect(headers.get('link')).toBeNull();
    expect(all).toHaveLength(count);
    const keys = all.map(({ created_at, id }) => `${created_at} ${id}`);
    expect(keys).toEqual(keys.toSorted().toReversed());
    for (const limit of [1, 2, 5, 200]) {
      expect(await client.list(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}`)).toEqual(all);
    }
  });

  it('neither double nor skip when entries arrive while paging', async () => {
    const all = (await client.list<Entry>('/deployments/')).map(({ id }) => id);
    const seen: string[] = [];
    let next: string | undefined = '/deployments/?limit=5';
    for (let page = 0; next !== undefined; page++) {
      const { body, headers } = await client.get(next);
      seen.push(...(body as Entry[]).map(({ id }) => id));
      bed.versioner.clock.advance(1000);
      await client.deploy({ product_name: 'product-0', version: `2.${page}`, status: 'completed' });
      next = /<([^>]+)>/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(all);
  });

  it('name the next page by a relative address that keeps the filters', async () => {
    const { headers } = await client.get('/deployments/?limit=1&product=product-0&product=product-1&status=success');
    const link = /^<(\/deployments\/\?[^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    const query = new URL(link!, 'http://localhost').searchParams;
    expect([query.get('limit'), query.getAll('product'), query.get('status')]).toEqual([
      '1',
      ['product-0', 'product-1'],
      'success',
    ]);
    expect(query.get('cursor')).toMatch(/^[\w-]+$/);
  });

  it.each(['limit=201', 'limit=0', 'limit=ten', 'cursor=nonsense', 'cursor='])('refuse %s', async (query) => {
    expect((await client.get(`/deployments/?${query}`)).status).toBe(422);
  });
});
