import { describe, expect, it } from '@jest/globals';
import { Pipeline, type Reply } from './support/pipeline.js';
import { startVersioner } from '../src/testing/start-versioner.js';
import { full } from './support/full.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const rounds = full(200, 15);

describe('names that are wanted at once', () => {
  const bed = useVersioner();

  const statuses = (replies: readonly Reply[]): number[] =>
    replies.map(({ status }) => status).sort((one, other) => one - other);

  it('go to one of those who create or rename, and the others are told', async () => {
    const ids = [
      idOf(await bed.admin.post('/products/', { name: 'one' })),
      idOf(await bed.admin.post('/products/', { name: 'two' })),
    ];
    for (let round = 0; round < rounds; round++) {
      const name = `name-${round}`;
      const replies = await Promise.all([
        bed.admin.post('/products/', { name }),
        bed.admin.post('/products/', { name: name.toUpperCase() }),
        ...ids.map(async (id) => bed.admin.patch(`/products/${id}`, { name })),
      ]);
      expect(statuses(replies).filter((status) => status < 300)).toHaveLength(1);
      expect(statuses(replies).filter((status) => status === 409)).toHaveLength(3);
    }
  });

  it('of an event go to the event, or to the thing that it then names', async () => {
    const other = await startVersioner({ join: bed.versioner });
    const elsewhere = new Pipeline(other.url, bed.versioner.apiKey);
    const id = idOf(await bed.admin.post('/products/', { name: 'shop' }));
    const place = idOf(await bed.admin.post('/environments/', { name: 'place' }));
    for (let round = 0; round < rounds; round++) {
      const [product_name, environment_name] = [`shop-${round}`, `place-${round}`];
      const event = { product_name, environment_name, version: `${round}.1`, status: 'completed' };
      const [renamed, moved, ...events] = await Promise.all([
        bed.admin.patch(`/products/${id}`, { name: product_name }),
        bed.admin.patch(`/environments/${place}`, { name: environment_name }),
        elsewhere.deploy(event),
        bed.pipeline.deploy({ ...event, version: `${round}.2` }),
        elsewhere.post('/build-events/', { product_name, version: `${round}.3`, status: 'completed' }),
      ]);
      expect(statuses(events)).toEqual([201, 201, 201]);
      for (const { status } of [renamed, moved]) expect([200, 409]).toContain(status);
      const named = events.map(({ body }) => (body as { product_id: string }).product_id);
      expect(new Set(named).size).toBe(1);
      expect(named[0] === id).toBe(renamed.status === 200);
    }
    await other.stop();
  });

  it('are swapped by nobody who would wait for the other for ever', async () => {
    const [one, two] = [
      idOf(await bed.admin.post('/products/', { name: 'one' })),
      idOf(await bed.admin.post('/products/', { name: 'two' })),
    ];
    const place = idOf(await bed.admin.post('/environments/', { name: 'place' }));
    for (let round = 0; round < rounds; round++) {
      const [a, b] = [`a-${round}`, `b-${round}`];
      const replies = await Promise.all([
        bed.admin.patch(`/products/${one}`, { aliases: [a, b] }),
        bed.admin.patch(`/products/${two}`, { aliases: [b, a] }),
        bed.admin.patch(`/products/${one}`, { archived: true }),
        bed.admin.patch(`/environments/${place}`, { archived: true }),
        bed.pipeline.deploy({
          product_name: 'one',
          environment_name: 'place',
          version: `1.${round}`,
          status: 'completed',
        }),
        bed.pipeline.deploy({ product_name: b, environment_name: 'place', version: `2.${round}`, status: 'completed' }),
        bed.pipeline.deploy({ product_name: a, environment_name: 'place', version: `3.${round}`, status: 'completed' }),
      ]);
      for (const { status } of replies) expect([200, 201, 409]).toContain(status);
      for (const { status } of replies.slice(4)) expect(status).toBe(201);
    }
  });
});
