import { beforeEach, describe, expect, it } from '@jest/globals';
import { createKey, madeKey } from './support/create-key.js';
import type { Pipeline } from './support/pipeline.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

describe('API keys rotate', () => {
  const bed = useVersioner();
  const shown = async (id: string) =>
    (await bed.admin.get(`/api-keys/${id}`)).body as Readonly<Record<string, unknown>>;
  const statusOf = async (key: Pipeline) => (await key.get('/me/')).status;
  const auditOf = (id: string) =>
    bed.rows('SELECT action, before, after FROM audit_log WHERE resource_id = $1 ORDER BY at, id', [id]);
  const fault = (msg: string, type: string, field: string) => ({ loc: ['body', field], msg, type });
  const past = fault('date is not in the future', 'value_error.date.not_in_the_future', 'expires_at');

  beforeEach(async () => {
    await bed.report({ product_name: 'Shop', status: 'completed' });
  });

  const rotate = (id: string, asked = {}) => bed.admin.post(`/api-keys/${id}/rotate`, asked);

  it('into a key of the same name and rights, while the old one goes on for the overlap', async () => {
    const rights = { name: 'CI', scopes: ['read', 'events:write'], products: ['Shop'], environments: ['production'] };
    const old = await createKey(bed, rights);
    const before = await shown(old.id);
    const reply = await rotate(old.id, { overlap_hours: 2 });
    const { id, pipeline } = madeKey(bed, reply);
    const { name, scopes, products, environments } = before;
    expect(reply.body).toEqual({
      id: expect.any(String),
      key: expect.stringMatching(/^sk_default_ci_[0-9A-Za-z]{40}$/),
      prefix: expect.any(String),
      name,
      scopes,
      products,
      environments,
      expires_at: null,
      rotated_from: old.id,
      created_at: testStart,
    });
    expect(reply.headers.get('location')).toBe(`/api-keys/${id}`);
    expect([await statusOf(old.pipeline), await statusOf(pipeline)]).toEqual([200, 200]);

    const after = await shown(old.id);
    expect(after).toEqual({ ...before, last_used_at: after['last_used_at'], expires_at: '2026-03-02T16:00:00.000Z' });
    expect(await shown(id)).toMatchObject({ rotated_from: old.id, revoked_at: null });
    expect((await auditOf(old.id))[1]).toMatchObject({
      action: 'api_key.rotated',
      before: { expires_at: null },
      after: { expires_at: '2026-03-02T16:00:00.000Z' },
    });
    expect(await auditOf(id)).toMatchObject([{ action: 'api_key.created', after: { rotated_from: old.id } }]);

    bed.clock.set('2026-03-02T15:59:59.999Z');
    expect([await statusOf(old.pipeline), await statusOf(pipeline)]).toEqual([200, 200]);
    bed.clock.set('2026-03-02T16:00:00.000Z');
    expect([await statusOf(old.pipeline), await statusOf(pipeline)]).toEqual([401, 200]);
  });

  it('at once, with no overlap', async () => {
    const old = await createKey(bed);
    expect(await statusOf(old.pipeline)).toBe(200);
    const { pipeline } = madeKey(bed, await rotate(old.id, { overlap_minutes: 0 }));
    expect([await statusOf(old.pipeline), await statusOf(pipeline)]).toEqual([401, 200]);
  });

  it.each([
    ['a day', {}, null, '2026-03-03T14:00:00.000Z'],
    ['minutes', { overlap_minutes: 90 }, null, '2026-03-02T15:30:00.000Z'],
    ['thirty days', { overlap_hours: 720 }, null, '2026-04-01T14:00:00.000Z'],
    ['never longer than they would', { overlap_hours: 5 }, '2026-03-02T14:30:00.000Z', '2026-03-02T14:30:00.000Z'],
  ])('and go on: %s', async (_, asked, expires_at, end) => {
    const { id } = await createKey(bed, { expires_at });
    await rotate(id, asked);
    expect(await shown(id)).toMatchObject({ expires_at: end });
  });

  it.each([
    ['for as long as the old one was made to work', {}, '2026-03-03T14:00:00.000Z'],
    ['as told', { expires_at: '2026-03-09T00:00:00.000Z' }, '2026-03-09T00:00:00.000Z'],
    ['for ever, if told', { expires_at: null }, null],
  ])('into one that works %s', async (_, asked, end) => {
    const { id } = await createKey(bed, { expires_at: '2026-03-03T13:00:00.000Z' });
    bed.clock.set('2026-03-02T15:00:00.000Z');
    expect((await rotate(id, asked)).body).toMatchObject({
      expires_at: end,
    });
  });

  it.each([
    [
      { overlap_hours: -1 },
      [fault('ensure this value is greater than or equal to 0', 'value_error.number.not_ge', 'overlap_hours')],
    ],
    [
      { overlap_hours: 721 },
      [fault('ensure this value is less than or equal to 720', 'value_error.number.not_le', 'overlap_hours')],
    ],
    [
      { overlap_minutes: 43_201 },
      [fault('ensure this value is less than or equal to 43200', 'value_error.number.not_le', 'overlap_minutes')],
    ],
    [
      { overlap_hours: 1, overlap_minutes: 1 },
      [fault('give either overlap_hours or overlap_minutes', 'value_error.overlap', 'overlap_minutes')],
    ],
    [{ expires_at: testStart }, [past]],
  ])('not with %j', async (asked, detail) => {
    const { id } = await createKey(bed);
    expect(await rotate(id, asked)).toMatchObject({ status: 422, body: { detail } });
    expect(await shown(id)).toMatchObject({ expires_at: null });
  });

  it('once: then it is the successor’s turn', async () => {
    const { id } = await createKey(bed);
    const successor = idOf(await rotate(id));
    const detail = `API key has been rotated already: rotate its successor ${successor}`;
    expect(await rotate(id)).toMatchObject({ status: 409, body: { detail } });
    expect((await rotate(successor)).status).toBe(201);
  });

  it('once also where two ask together', async () => {
    const { id } = await createKey(bed);
    const replies = await Promise.all(Array.from({ length: 5 }, () => rotate(id)));
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
    expect(await bed.rows('SELECT FROM api_keys WHERE rotated_from = $1', [id])).toHaveLength(1);
  });

  it('only while they can be used', async () => {
    const revoked = await createKey(bed);
    await bed.admin.delete(`/api-keys/${revoked.id}`);
    const expired = await createKey(bed, { expires_at: '2026-03-02T15:00:00.000Z' });
    bed.clock.set('2026-03-02T15:00:00.000Z');
    const advice = 'create a new one with POST /api-keys/';
    expect((await rotate(revoked.id)).body).toEqual({ detail: `API key has been revoked: ${advice}` });
    expect(await rotate(expired.id)).toMatchObject({
      status: 409,
      body: { detail: `API key has expired: ${advice}` },
    });
    expect((await rotate('0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40')).status).toBe(404);
  });

  it('without being shown twice for one idempotency key', async () => {
    const { id } = await createKey(bed);
    const send = async () =>
      fetch(`${bed.versioner.url}/api-keys/${id}/rotate`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${bed.versioner.adminToken}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': 'rotate',
        },
        body: '{}',
      });
    const first = await send();
    const second = await send();
    expect([first.status, second.status]).toEqual([201, 409]);
    expect(await second.json()).toEqual({ detail: 'Already created; its secret was shown once' });
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect(await bed.rows(`SELECT FROM idempotency_keys WHERE body::text LIKE '%sk_%'`)).toEqual([]);
  });

  it('without a retry with the new key being taken for another event', async () => {
    const old = await createKey(bed);
    const start = { product_name: 'Shop', version: '2', environment_name: 'qa', invoke_id: 'run-1' };
    const build = { product_name: 'Shop', version: '2', status: 'started', invoke_id: 'run-1' };
    const first = [await old.pipeline.deploy(start), await old.pipeline.post('/build-events/', build)];
    const { pipeline } = madeKey(bed, await rotate(old.id));
    const again = [await pipeline.deploy(start), await pipeline.post('/build-events/', build)];
    expect(first.map(({ status }) => status)).toEqual([201, 201]);
    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect(again.map(idOf)).toEqual(first.map(idOf));
    // A stranger's start is a new attempt.
    expect((await bed.pipeline.deploy(start)).status).toBe(201);
  });

  it('without what is reported after a block being taken for a deployment', async () => {
    const old = await createKey(bed);
    const event = { product_name: 'Shop', version: '2', environment_name: 'qa' };
    await bed.pipeline.deploy({ ...event, version: '1' });
    expect((await old.pipeline.deploy(event)).status).toBe(409);
    const { pipeline } = madeKey(bed, await rotate(old.id));
    const reply = await pipeline.deploy({ ...event, status: 'failed' });
    expect(reply).toMatchObject({ status: 200, body: { preflight_status: 'blocked' } });
  });
});
