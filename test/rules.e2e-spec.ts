import { beforeEach, describe, expect, it } from '@jest/globals';
import { ruleExamples } from '../src/rules/rule-examples.js';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const two = { name: 'two', type: 'concurrency', config: { max_concurrent: 2, per: 'product_environment' } };

const ascending = (a: number, b: number): number => a - b;

type Json = Readonly<Record<string, unknown>>;

describe('rules', () => {
  const bed = useVersioner();
  let adminId: string;

  beforeEach(async () => {
    adminId = (await bed.rows(`SELECT id FROM users`))[0]!['id'] as string;
  });

  const create = async (rule: object): Promise<Reply> => bed.admin.post(path, rule);
  const read = async (id: string): Promise<Json> => (await bed.admin.get(`/deployment-rules/${id}`)).body as Json;
  const patch = async (id: string, changes: object): Promise<Reply> =>
    bed.admin.patch(`/deployment-rules/${id}`, changes);

  async function send(method: string, id: string, body: object | undefined, headers: object): Promise<Response> {
    return fetch(`${bed.versioner.url}/deployment-rules/${id}`, {
      method,
      headers: {
        Authorization: `Bearer ${bed.versioner.adminToken}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  }

  describe('are created', () => {
    it.each(Object.values(ruleExamples))('as a $type, and shown as they were sent', async (rule) => {
      const reply = await create(rule);
      expect(reply.status).toBe(201);
      expect(reply.body).toEqual({
        message: null,
        ...rule,
        id: expect.stringMatching(uuid),
        revision: 1,
        created_at: testStart,
        updated_at: testStart,
        created_by: adminId,
        warnings: expect.any(Array),
      });
      expect(reply.headers.get('location')).toBe(`/deployment-rules/${idOf(reply)}`);
      expect(await read(idOf(reply))).toEqual(reply.body);
      const { warnings: _, ...listed } = reply.body as Json;
      expect((await bed.admin.get(path)).body).toEqual([listed]);
    });

    it.each(Object.values(ruleExamples))('as a $type, with the keys of its config in their order', async (rule) => {
      const { config } = (await create(rule)).body as { config: object };
      expect(JSON.stringify(config)).toBe(JSON.stringify(rule.config));
    });

    it('enabled and everywhere, unless told otherwise, with no key in config that was not sent', async () => {
      const reply = await create({
        name: '  wait  ',
        type: 'cooldown',
        config: { minutes: 5 },
        colour: 'unknown fields are ignored',
      });
      expect(reply).toMatchObject({
        status: 201,
        body: {
          name: 'wait',
          description: null,
          message: null,
          status: 'enabled',
          products: [],
          environments: [],
          environment_types: [],
          warnings: ['"colour" was ignored: a rule has no such key'],
        },
      });
      expect((reply.body as Json)['config']).toEqual({ minutes: 5 });
    });

    it('once for one Idempotency-Key', async () => {
      const headers = { 'Idempotency-Key': 'rule-1' };
      const first = await send('POST', '', two, headers);
      const again = await send('POST', '', two, headers);
      expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
      expect(await again.json()).toEqual(await first.json());
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      expect((await bed.admin.list(path)).length).toBe(1);
    });

    it('under a name of their own, whatever its letter case, which deletion sets free', async () => {
      const first = await create(two);
      for (const name of ['two', ' TWO ', 'Two']) {
        const taken = await create({ ...two, name });
        expect([taken.status, taken.body]).toEqual([409, { detail: 'A rule named two already exists' }]);
      }
      const other = await create({ ...two, name: 'other' });
      expect((await patch(idOf(other), { name: 'TWO' })).status).toBe(409);
      expect(await patch(idOf(first), { name: 'Two' })).toMatchObject({ status: 200, body: { name: 'Two' } });

      await bed.admin.delete(`/deployment-rules/${idOf(first)}`);
      expect((await create(two)).status).toBe(201);
      // Names of one account are free in another.
      const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
      expect((await stranger.post(path, two)).status).toBe(201);
    });

    it('under one name at once, but one of them', async () => {
      const replies = await Promise.all(Array.from({ length: 5 }, async () => create(two)));
      expect(replies.map(({ status }) => status).toSorted(ascending)).toEqual([201, 409, 409, 409, 409]);
    });
  });

  it('are deleted: found no more, by nobody', async () => {
    const id = idOf(await create(two));
    const deleted = await bed.admin.delete(`/deployment-rules/${id}`);
    expect([deleted.status, deleted.body]).toEqual([204, '']);
    expect((await bed.admin.get(path)).body).toEqual([]);
    expect((await bed.admin.get(`/deployment-rules/${id}`)).status).toBe(404);
    expect((await patch(id, { name: 'x' })).status).toBe(404);
    expect((await bed.admin.delete(`/deployment-rules/${id}`)).status).toBe(404);
  });

  it('are nothing to another account', async () => {
    const id = idOf(await create(two));
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    expect((await stranger.get(path)).body).toEqual([]);
    const replies = [
      await stranger.get(`/deployment-rules/${id}`),
      await stranger.get(`/deployment-rules/${id}/revisions`),
      await stranger.patch(`/deployment-rules/${id}`, { name: 'mine' }),
      await stranger.delete(`/deployment-rules/${id}`),
      await bed.admin.get(`/deployment-rules/${unknownId}`),
      await bed.admin.get(`/deployment-rules/${unknownId}/revisions`),
      await patch(unknownId, { name: 'mine' }),
    ];
    for (const reply of replies) expect([reply.status, reply.body]).toEqual([404, { detail: 'Not found' }]);
    expect((await bed.admin.get(`/deployment-rules/${id}`)).status).toBe(200);
  });

  it.each([
    ['admin', 201],
    ['release_manager', 201],
    ['sre', 201],
    ['product', 403],
    ['developer', 403],
    ['qa', 403],
    ['security', 403],
    ['compliance', 403],
    ['billing', 403],
    ['viewer', 403],
  ])('are written by those who may, and read by all: %s', async (role, status) => {
    const existing = idOf(await create({ ...two, name: 'first' }));
    const person = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, role)).token);
    expect((await person.post(path, two)).status).toBe(status);
    expect((await person.patch(`/deployment-rules/${existing}`, { name: 'x' })).status).toBe(
      status === 201 ? 200 : 403,
    );
    expect((await person.get(path)).status).toBe(200);
    expect((await person.get(`/deployment-rules/${existing}/revisions`)).status).toBe(200);
    expect((await person.get('/deployment-rules/violations')).status).toBe(200);
    expect((await person.delete(`/deployment-rules/${existing}`)).status).toBe(status === 201 ? 204 : 403);
  });

  it('are out of reach for a key that only reports events', async () => {
    const id = idOf(await create(two));
    expect((await bed.pipeline.post(path, two)).status).toBe(403);
    expect((await bed.pipeline.get(`/deployment-rules/${id}`)).status).toBe(403);
    // What is wrong with the body is nobody's business who may not send one.
    expect((await bed.pipeline.patch(`/deployment-rules/${id}`, { name: 1 })).status).toBe(403);
  });

  it('count for the very next start, and until they are changed, disabled or deleted', async () => {
    const start = async (version: string): Promise<number> => (await bed.report({ version })).status;
    const id = idOf(await create(two));
    expect([await start('1'), await start('2'), await start('3')]).toEqual([201, 201, 409]);
    await patch(id, { config: { max_concurrent: 3, per: 'product_environment' } });
    expect([await start('3'), await start('4')]).toEqual([201, 409]);
    // Only a rule that is enforced replaces what is built in.
    await patch(id, { status: 'report_only', config: { max_concurrent: 9, per: 'product_environment' } });
    expect(await start('4')).toBe(409);
    await patch(id, { status: 'enabled' });
    expect(await start('4')).toBe(201);
    await bed.admin.delete(`/deployment-rules/${id}`);
    expect(await start('5')).toBe(409);
  });
});
