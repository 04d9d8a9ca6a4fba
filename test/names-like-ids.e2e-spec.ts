import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DeploymentAnswer } from './support/reader.js';
import { useVersioner } from './support/use-versioner.js';

/** Pipelines call products as they like: one may be called what is another's id. */
describe('a product that is called what is the id of another', () => {
  const bed = useVersioner();
  let web: DeploymentAnswer;
  let impostor: DeploymentAnswer;

  beforeEach(async () => {
    const completed = { environment_name: 'production', status: 'completed' };
    web = (await bed.pipeline.deploy({ ...completed, product_name: 'web', version: '1' })).body as DeploymentAnswer;
    const named = { product_name: web.product_id.toUpperCase(), version: '2' };
    impostor = (await bed.pipeline.deploy({ ...completed, ...named })).body as DeploymentAnswer;
    if (impostor.product_id === web.product_id) throw new Error('An event names a product, never an id');
  }, 60_000);

  it.each(['/deployments/', '/versions/', '/environment-states/', '/deployments/?environment=production'])(
    'is not found by it in %s, the other is',
    async (path) => {
      const found = async (product: string) => {
        const separator = path.includes('?') ? '&' : '?';
        const list = await bed.admin.list<{ product_id: string }>(`${path}${separator}product=${product}`);
        return list.map(({ product_id }) => product_id);
      };
      expect(await found(web.product_id)).toEqual([web.product_id]);
      expect(await found(impostor.product_id)).toEqual([impostor.product_id]);
      expect(await found('web')).toEqual([web.product_id]);
    },
  );

  it('is not what a feed token opens, nor what its badge shows', async () => {
    const feed = { kind: 'badge', product: web.product_id, environment: web.environment_id };
    const { body } = await bed.admin.post('/feed-tokens/', feed);
    expect(body).toMatchObject({ product_id: web.product_id, product_name: 'web' });
    const { token } = body as { token: string };
    const badge = await bed.admin.send('GET', `/badges/${web.product_id}/production.svg?token=${token}`);
    expect(badge.body).toContain('<title>web in production: 1</title>');
  });

  it('is not what a key is narrowed to', async () => {
    const { body } = await bed.admin.post('/api-keys/', { name: 'narrow', products: [web.product_id] });
    expect(body).toMatchObject({ products: [{ id: web.product_id }] });
  });
});
