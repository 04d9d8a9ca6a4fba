import { describe, expect, it } from '@jest/globals';
import type { OverrideDto } from '../src/preflight/overrides.dto.js';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { request } from './support/documented-request.js';
import { reason, useOverrides } from './support/override-bed.js';
import { Pipeline } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { renameProduct } from './support/rename-product.js';
import { minute, testStart, useVersioner } from './support/use-versioner.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('overrides over REST', () => {
  const bed = useVersioner();
  const overrides = useOverrides(bed);

  describe('are given', () => {
    it('for an hour, unless said otherwise, with an audit row', async () => {
      const given = await overrides.override();
      expect(given).toEqual({
        id: expect.stringMatching(uuid),
        product_id: expect.stringMatching(uuid),
        product_name: 'my-service',
        environment_id: expect.stringMatching(uuid),
        environment_name: 'production',
        version: null,
        reason,
        include_concurrency: false,
        state: 'open',
        expires_at: '2026-03-02T15:00:00.000Z',
        created_at: testStart,
        created_by: expect.stringMatching(uuid),
        created_by_name: expect.any(String),
        used_at: null,
        preflight_check_id: null,
        deployment_id: null,
        revoked_at: null,
        revoked_by: null,
      });
      expect(await overrides.read(given.id)).toEqual(given);
      const audited =
        "SELECT action, resource_id, before, after FROM audit_log WHERE resource_type = 'preflight_override'";
      expect(await bed.rows(audited)).toEqual([
        { action: 'preflight_override.created', resource_id: given.id, before: null, after: given },
      ]);
      await bed.admin.delete(`/preflight-overrides/${given.id}`);
      expect(await bed.rows(`${audited} ORDER BY id`)).toMatchObject([
        {},
        { action: 'preflight_override.revoked', before: { state: 'open' }, after: { state: 'revoked' } },
      ]);
    });

    it('by id or by a former name', async () => {
      const given = await overrides.override();
      const { product_id: product, environment_id: environment } = given;
      await renameProduct(bed.admin, product, 'our-service');
      expect(await overrides.override({ product, environment })).toMatchObject({ product_id: product });
      expect(await overrides.override({ product: ' MY-Service', environment: 'PRODUCTION' })).toMatchObject({
        product_id: product,
        product_name: 'our-service',
      });
    });

    it.each([
      ['of an unknown product', { product: 'nothing' }, ['product'], 'unknown product'],
      ['in an unknown environment', { environment: 'nowhere' }, ['environment'], 'unknown environment'],
      [
        'where neither is known',
        { product: unknownId, environment: unknownId },
        ['product', 'environment'],
        'unknown product',
      ],
      ['for a blank reason', { reason: ' ' }, ['reason'], 'ensure this value has at least 1 characters'],
      ['without a reason', { reason: undefined }, ['reason'], 'field required'],
      ['with a novel', { reason: 'x'.repeat(2001) }, ['reason'], 'ensure this value has at most 2000 characters'],
      [
        'for no time',
        { expires_in_minutes: 0 },
        ['expires_in_minutes'],
        'ensure this value is greater than or equal to 1',
      ],
      [
        'for longer than a day',
        { expires_in_minutes: 1441 },
        ['expires_in_minutes'],
        'ensure this value is less than or equal to 1440',
      ],
      [
        'with another type',
        { include_concurrency: 'yes' },
        ['include_concurrency'],
        'value could not be parsed to a boolean',
      ],
    ])('not %s', async (_, fields, places, msg) => {
      const asked = { product: 'my-service', environment: 'production', reason, ...fields };
      const { status, body } = await bed.admin.post('/preflight-overrides/', asked);
      const { detail } = body as { detail: { loc: string[]; msg: string }[] };
      expect([status, detail.map(({ loc }) => loc.join('.'))]).toEqual([422, places.map((place) => `body.${place}`)]);
      expect(detail[0]!.msg).toBe(msg);
    });

    it('once under an idempotency key', async () => {
      const post = async () =>
        request(bed.versioner.url)
          .post('/preflight-overrides/')
          .set('Authorization', `Bearer ${bed.versioner.adminToken}`)
          .set('Idempotency-Key', 'once')
          .send({ product: 'my-service', environment: 'production', reason });
      const [first, second] = [await post(), await post()];
      expect(first.headers['location']).toBe(`/preflight-overrides/${(first.body as OverrideDto).id}`);
      expect([second.status, second.body, second.headers['location'], second.headers['idempotency-replayed']]).toEqual([
        201,
        first.body,
        first.headers['location'],
        'true',
      ]);
      expect(await bed.rows('SELECT id FROM preflight_overrides')).toHaveLength(1);
    });

    it.each([
      ['admin', {}, 201],
      ['release_manager', {}, 201],
      ['release_manager', { kind: 'service' }, 201],
      ['sre', {}, 403],
      ['developer', { approver_roles: ['team-lead'] }, 403],
    ])('by: %s %j is answered %d', async (role, fields, status) => {
      const person = await createPerson(bed.versioner, role, fields);
      const asked = { product: 'my-service', environment: 'production', reason };
      const by = new Pipeline(bed.versioner.url, person.token);
      expect(await by.post('/preflight-overrides/', asked)).toMatchObject({ status });
      expect((await by.get('/preflight-overrides/')).status).toBe(200);
    });

    it('by no API key', async () => {
      const asked = { product: 'my-service', environment: 'production', reason };
      expect((await bed.pipeline.post('/preflight-overrides/', asked)).status).toBe(403);
    });

    it('and shorten no other one: what is open longer still counts after the shorter one', async () => {
      await overrides.override({ expires_in_minutes: 100 });
      await overrides.override({ version: 'another', expires_in_minutes: 1 });
      bed.clock.advance(90 * minute);
      expect((await bed.report({ version: '2.0.0' })).status).toBe(201);
    });
  });

  describe('are revoked', () => {
    it('once; what is revoked stays so', async () => {
      const { id } = await overrides.override();
      await bed.admin.delete(`/preflight-overrides/${id}`);
      const revoked = await overrides.read(id);
      bed.clock.advance(minute);
      expect((await bed.admin.delete(`/preflight-overrides/${id}`)).status).toBe(204);
      expect(await overrides.read(id)).toEqual(revoked);
    });

    it('not where they are used up or have expired', async () => {
      const [used, expired] = [
        await overrides.override(),
        await overrides.override({ expires_in_minutes: 1, version: 'another' }),
      ];
      await bed.report({ version: '2.0.0' });
      bed.clock.advance(minute);
      expect(await bed.admin.delete(`/preflight-overrides/${used.id}`)).toMatchObject({
        status: 409,
        body: {
          detail: 'This override was used up at 2026-03-02T14:00:00.000Z: what has started with it can only be aborted',
        },
      });
      expect(await bed.admin.delete(`/preflight-overrides/${expired.id}`)).toMatchObject({
        status: 409,
        body: { detail: 'This override expired at 2026-03-02T14:01:00.000Z: there is nothing left to revoke' },
      });
    });

    it('under the state that was read', async () => {
      const { id } = await overrides.override();
      const path = `/preflight-overrides/${id}`;
      const etag = (await bed.admin.get(path)).headers.get('etag')!;
      const revoke = async (tag: string) =>
        request(bed.versioner.url)
          .delete(path)
          .set('Authorization', `Bearer ${bed.versioner.adminToken}`)
          .set('If-Match', tag);
      expect((await revoke('"another"')).status).toBe(412);
      expect((await revoke(etag)).status).toBe(204);
      expect((await revoke(etag)).status).toBe(412);
    });

    it('by nobody who may not give them, and in no other account', async () => {
      const { id } = await overrides.override();
      const sre = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'sre')).token);
      const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
      expect((await sre.delete(`/preflight-overrides/${id}`)).status).toBe(403);
      expect((await stranger.delete(`/preflight-overrides/${id}`)).status).toBe(404);
      expect((await stranger.get(`/preflight-overrides/${id}`)).status).toBe(404);
      expect((await stranger.get('/preflight-overrides/')).body).toEqual([]);
      expect((await bed.admin.delete(`/preflight-overrides/${unknownId}`)).status).toBe(404);
    });
  });

  it('are listed, newest first, by product, environment and state', async () => {
    await bed.report({ product_name: 'other', environment_name: 'staging', status: 'completed' });
    const reasons = async (query: string) =>
      (await bed.admin.list<OverrideDto>(`/preflight-overrides/?limit=1${query}`)).map(({ reason: why }) => why);
    await overrides.override({ reason: 'expired', expires_in_minutes: 1 });
    bed.clock.advance(minute);
    const { id } = await overrides.override({ reason: 'revoked' });
    await bed.admin.delete(`/preflight-overrides/${id}`);
    bed.clock.advance(1);
    await overrides.override({ reason: 'used' });
    await bed.report({ version: '2.0.0' });
    bed.clock.advance(1);
    await overrides.override({ reason: 'open', product: 'other', environment: 'staging' });
    expect(await reasons('')).toEqual(['open', 'used', 'revoked', 'expired']);
    expect(await reasons('&product=MY-service')).toEqual(['used', 'revoked', 'expired']);
    expect(await reasons('&environment=staging')).toEqual(['open']);
    expect(await reasons('&product=nothing')).toEqual([]);
    for (const state of ['open', 'used', 'revoked', 'expired'])
      expect(await reasons(`&state=${state}`)).toEqual([state]);
    expect(await reasons('&state=open&state=used')).toEqual(['open', 'used']);
    expect((await bed.admin.get('/preflight-overrides/?state=spent')).status).toBe(422);
  });
});
