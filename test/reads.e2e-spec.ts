import { beforeEach, describe, expect, it } from '@jest/globals';
import { Reader, unknownId } from './support/reader.js';
import { createStranger } from './support/create-stranger.js';
import { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

describe('reading', () => {
  const bed = useVersioner();
  let reader: Reader;

  beforeEach(() => {
    reader = new Reader(bed.versioner);
  });

  it('answers 404 for an id that is not there, 422 for what is no id, and 304 for what is known', async () => {
    const { id } = await reader.deployed({ product_name: 'web', version: '1.0', status: 'started' });
    for (const path of ['products', 'environments', 'versions', 'builds', 'deployments']) {
      const missing = await reader.get(`/${path}/${unknownId}`);
      expect([path, missing.status, missing.body]).toEqual([path, 404, { detail: 'Not found' }]);
      expect(await reader.get(`/${path}/first`)).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['path', 'id'], msg: 'value is not a valid uuid', type: 'type_error.uuid' }] },
      });
    }
    const tag = (await reader.get(`/deployments/${id}`)).headers.get('etag')!;
    const headers = { Authorization: `Bearer ${bed.versioner.adminToken}`, 'If-None-Match': tag };
    expect((await fetch(`${bed.versioner.url}/deployments/${id}`, { headers })).status).toBe(304);
  });

  it('never shows anything of another account', async () => {
    const { id, product_id, version_id, environment_id } = await reader.deployed({
      product_name: 'web',
      version: '1.0',
    });
    await reader.post('/build-events/', { product_name: 'web', version: '1.0', status: 'completed', scm_sha: whole });
    const [{ id: buildId }] = await reader.read<[{ id: string }]>('/builds/');
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    const same = { product_name: 'web', version: '1.0', status: 'pending' };
    const mine = (await stranger.deploy(same)).body as Record<string, unknown>;
    expect(mine).not.toMatchObject({ id });

    const lists = ['products', 'environments', 'versions', 'builds', 'deployments', 'environment-states'];
    const found = await Promise.all(lists.map(async (list) => (await stranger.get(`/${list}/`)).body as unknown[]));
    expect(found.map((entries) => entries.length)).toEqual([1, 1, 1, 0, 1, 1]);
    expect(JSON.stringify(found)).not.toMatch(new RegExp([id, product_id, version_id, environment_id].join('|')));

    const paths = [
      `products/${product_id}`,
      `environments/${environment_id}`,
      `versions/${version_id}`,
      `builds/${buildId}`,
      `deployments/${id}`,
      `deployments/${id}/events`,
    ];
    for (const path of paths) expect([path, (await stranger.get(`/${path}`)).status]).toEqual([path, 404]);
    for (const filter of [`product=${product_id}`, `environment=${environment_id}`, 'status=completed']) {
      expect([filter, (await stranger.get(`/deployments/?${filter}`)).body]).toEqual([filter, []]);
    }
    const history = '/environment-states/history?product=web&environment=production';
    expect((await stranger.get(history)).body).toEqual([]);
    expect((await stranger.patch(`/environments/${environment_id}`, { position: 1 })).status).toBe(404);
  });
});
