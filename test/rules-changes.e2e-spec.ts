import { beforeEach, describe, expect, it } from '@jest/globals';
import { ruleExamples } from '../src/rules/rule-examples.js';
import { createPerson } from './support/create-person.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/';
const later = '2026-03-03T10:00:00.000Z';
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

  describe('are changed', () => {
    it('where something was sent, cleared by null, and left alone otherwise', async () => {
      const { body } = await create({ ...ruleExamples.concurrency, message: 'Please wait' });
      const { id, ...before } = body as Json & { id: string };
      bed.clock.set(later);
      const steps: [changes: object, after: object][] = [
        [{ name: 'renamed' }, { name: 'renamed' }],
        [{ message: null }, { message: null }],
        [{ description: null }, { description: null }],
        [
          { description: 'Again', message: 'Wait' },
          { description: 'Again', message: 'Wait' },
        ],
        [{ status: 'disabled' }, { status: 'disabled' }],
        [
          { products: ['web'], environments: [] },
          { products: ['web'], environments: [] },
        ],
        [{ environment_types: ['production'] }, { environment_types: ['production'] }],
        [
          { type: 'concurrency', config: { per: 'environment', max_concurrent: 3 } },
          { config: { max_concurrent: 3, per: 'environment' } },
        ],
      ];
      let expected: Json = before;
      let revision = 1;
      for (const [changes, after] of steps) {
        const reply = await patch(id, changes);
        expected = { ...expected, ...after, revision: ++revision, updated_at: later, warnings: expect.any(Array) };
        expect([reply.status, reply.body]).toEqual([200, { id, ...expected }]);
        expect(await read(id)).toEqual(reply.body);
      }
    });

    it('with config replaced whole', async () => {
      const id = idOf(
        await create({ name: 'flow', type: 'flow', config: { ...ruleExamples.flow.config, strict_order: true } }),
      );
      const config = { target_environment: 'production', required_environments: ['qa'] };
      expect(((await patch(id, { config })).body as Json)['config']).toEqual(config);
      expect((await read(id))['config']).toEqual(config);
    });

    it('only by who has seen the present state, where they say which they have seen', async () => {
      const id = idOf(await create(two));
      const got = await bed.admin.get(`/deployment-rules/${id}`);
      const tag = got.headers.get('etag')!;
      const first = await send('PATCH', id, { description: 'First' }, { 'If-Match': tag });
      expect(first.status).toBe(200);
      const second = await send('PATCH', id, { description: 'Second' }, { 'If-Match': tag });
      expect([second.status, await second.json()]).toEqual([412, { detail: expect.any(String) }]);
      expect((await send('DELETE', id, undefined, { 'If-Match': tag })).status).toBe(412);
      expect(await read(id)).toMatchObject({ description: 'First', revision: 2 });

      const present = first.headers.get('etag')!;
      expect((await send('GET', id, undefined, { 'If-None-Match': present })).status).toBe(304);
      expect((await send('PATCH', id, { description: 'Third' }, { 'If-Match': '*' })).status).toBe(200);
      const last = (await bed.admin.get(`/deployment-rules/${id}`)).headers.get('etag')!;
      expect((await send('DELETE', id, undefined, { 'If-Match': last })).status).toBe(204);
    });

    it('one by one: of two edits under one tag one is refused', async () => {
      const id = idOf(await create(two));
      const tag = (await bed.admin.get(`/deployment-rules/${id}`)).headers.get('etag')!;
      const edits = ['a', 'b', 'c', 'd'].map(async (description) =>
        send('PATCH', id, { description }, { 'If-Match': tag }),
      );
      const statuses = (await Promise.all(edits)).map(({ status }) => status);
      expect(statuses.toSorted(ascending)).toEqual([200, 412, 412, 412]);
      expect(await read(id)).toMatchObject({ revision: 2 });
    });
  });

  it('can be switched off, mended and deleted where this release cannot read them', async () => {
    const ids = [idOf(await create(two)), idOf(await create(ruleExamples.flow))];
    await bed.rows(`UPDATE deployment_rules SET config = '{"written": "by another release"}'`);
    for (const id of ids) {
      const read = (await (await send('GET', id, undefined, {})).json()) as { warnings: string[] };
      expect(read.warnings).toEqual([expect.stringMatching(/^This release cannot read the rule .* nothing can start/)]);
      expect((await send('PATCH', id, { status: 'disabled' }, {})).status).toBe(200);
    }
    expect((await patch(ids[0]!, { config: two.config })).status).toBe(200);
    expect((await bed.admin.delete(`/deployment-rules/${ids[1]}`)).status).toBe(204);
  });

  describe('are kept as they were', () => {
    it('with each change, when and by whom, newest first, and after their deletion', async () => {
      const releaseManager = await createPerson(bed.versioner, 'release_manager');
      const created = await create(ruleExamples.concurrency);
      const id = idOf(created);
      bed.clock.set('2026-03-02T15:00:00.000Z');
      const other = new Pipeline(bed.versioner.url, releaseManager.token);
      await other.patch(`/deployment-rules/${id}`, { status: 'enabled' });
      bed.clock.set('2026-03-02T16:00:00.000Z');
      await patch(id, { config: { max_concurrent: 5, per: 'environment' } });

      const definition = { ...ruleExamples.concurrency, message: null };
      const enabled = { ...definition, status: 'enabled' };
      const expected = [
        {
          revision: 3,
          valid_from: '2026-03-02T16:00:00.000Z',
          valid_to: null as string | null,
          changed_by: adminId,
          definition: { ...enabled, config: { max_concurrent: 5, per: 'environment' } },
        },
        {
          revision: 2,
          valid_from: '2026-03-02T15:00:00.000Z',
          valid_to: '2026-03-02T16:00:00.000Z',
          changed_by: releaseManager.userId,
          definition: enabled,
        },
        { revision: 1, valid_from: testStart, valid_to: '2026-03-02T15:00:00.000Z', changed_by: adminId, definition },
      ];
      const revisions = `/deployment-rules/${id}/revisions`;
      expect((await bed.admin.get(revisions)).body).toEqual(expected);
      expect(await bed.admin.list(`${revisions}?limit=1`)).toEqual(expected);

      bed.clock.set('2026-03-02T17:00:00.000Z');
      await bed.admin.delete(`/deployment-rules/${id}`);
      expected[0]!.valid_to = '2026-03-02T17:00:00.000Z';
      expect((await bed.admin.get(revisions)).body).toEqual(expected);
    });

    it('page by page also where they changed within one moment', async () => {
      const id = idOf(await create(two));
      for (let n = 2; n <= 7; n++) await patch(id, { description: `${n}` });
      for (const limit of [1, 2, 3, 50]) {
        const all = await bed.admin.list<{ revision: number }>(`/deployment-rules/${id}/revisions?limit=${limit}`);
        expect(all.map(({ revision }) => revision)).toEqual([7, 6, 5, 4, 3, 2, 1]);
      }
      // The cursor of another list: far in the future.
      const cursor = Buffer.from(`999999999999999.${unknownId}`).toString('base64url');
      expect(await bed.admin.list(`/deployment-rules/${id}/revisions?cursor=${cursor}`)).toHaveLength(7);
    });

    it('and audited, before and after', async () => {
      const created = await create(two);
      const id = idOf(created);
      const { warnings: _, ...before } = created.body as Json;
      bed.clock.set(later);
      const { warnings: __, ...after } = (await patch(id, { status: 'report_only' })).body as Json;
      await bed.admin.delete(`/deployment-rules/${id}`);
      const audited = await bed.rows(
        `SELECT action, resource_type, resource_id, user_id, at, before, after FROM audit_log
         WHERE resource_type = 'deployment_rule' ORDER BY id`,
      );
      const row = { resource_type: 'deployment_rule', resource_id: id, user_id: adminId };
      expect(audited).toEqual([
        { ...row, action: 'deployment_rule.created', at: new Date(testStart), before: null, after: before },
        { ...row, action: 'deployment_rule.updated', at: new Date(later), before, after },
        { ...row, action: 'deployment_rule.deleted', at: new Date(later), before: after, after: null },
      ]);
    });

    it('and not again where nothing changes', async () => {
      const created = await create(ruleExamples.flow);
      const id = idOf(created);
      const state = async (): Promise<Json> =>
        (
          await bed.rows(`SELECT policy_revision, rules_revision, (SELECT count(*) FROM deployment_rule_revisions) AS revisions,
            (SELECT count(*) FROM audit_log) AS audited FROM accounts`)
        )[0]!;
      const before = await state();
      bed.clock.set(later);
      for (const changes of [
        {},
        ruleExamples.flow,
        { message: null },
        {
          config: {
            soak_minutes: { staging: 60 },
            target_environment: 'production',
            required_environments: ['staging'],
          },
        },
      ]) {
        expect(await patch(id, changes)).toMatchObject({ status: 200, body: created.body as object });
      }
      expect((await patch(id, { name: 'other', status: 'sometimes' })).status).toBe(422);
      expect(await state()).toEqual(before);
      await patch(id, { description: 'Something' });
      const after = await state();
      for (const count of Object.keys(before)) expect(Number(after[count])).toBe(Number(before[count]) + 1);
    });
  });
});
