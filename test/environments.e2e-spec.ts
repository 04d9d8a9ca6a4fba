import { beforeEach, describe, expect, it } from '@jest/globals';
import { Pipeline } from './support/pipeline.js';
import { Reader, unknownId } from './support/reader.js';
import { useVersioner } from './support/use-versioner.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('environments', () => {
  const bed = useVersioner();
  let reader: Reader;

  beforeEach(() => {
    reader = new Reader(bed.versioner);
  });

  async function environmentOf(name: string): Promise<Record<string, unknown> & { id: string }> {
    await reader.deployed({ product_name: 'web', version: name, environment_name: name });
    const [environment] = await reader.read<(Record<string, unknown> & { id: string })[]>(
      `/environments/?name=${name}`,
    );
    return environment!;
  }

  it('are shown with their type and limits', async () => {
    const environment = await environmentOf('eu-preprod');
    expect(environment).toEqual({
      id: expect.stringMatching(uuid),
      name: 'eu-preprod',
      aliases: [],
      type: 'staging',
      description: null,
      metadata: {},
      position: expect.any(Number),
      stale_after_minutes: 120,
      pending_stale_after_hours: 168,
      created_at: '2026-03-02T14:00:01.000Z',
      updated_at: '2026-03-02T14:00:01.000Z',
      archived_at: null,
    });
    expect(await reader.read(`/environments/${environment.id}`)).toEqual(environment);
  });

  it('are changed, with the type as it was kept, and an audit row', async () => {
    const before = await environmentOf('blue');
    bed.versioner.clock.set('2026-03-03T10:00:00.000Z');
    const changes = { type: 'production', position: 7, stale_after_minutes: 0, pending_stale_after_hours: 24 };
    const reply = await reader.patch(`/environments/${before.id}`, changes);
    const after = { ...before, ...changes, updated_at: '2026-03-03T10:00:00.000Z' };
    expect([reply.status, reply.body]).toEqual([200, after]);
    expect(await reader.read(`/environments/${before.id}`)).toEqual(after);

    const types = await bed.database.query(
      'SELECT type, valid_from, valid_to FROM environment_types ORDER BY valid_from',
    );
    const changed = new Date('2026-03-03T10:00:00.000Z');
    expect(types.rows).toEqual([
      { type: 'other', valid_from: new Date('2026-03-02T14:00:01.000Z'), valid_to: changed },
      { type: 'production', valid_from: changed, valid_to: null },
    ]);
    const audit = await bed.database.query(
      `SELECT action, resource_type, resource_id, actor_kind, at, before, after FROM audit_log
       WHERE action = 'environment.updated'`,
    );
    expect(audit.rows).toEqual([
      {
        action: 'environment.updated',
        resource_type: 'environment',
        resource_id: before.id,
        actor_kind: 'user',
        at: changed,
        before,
        after,
      },
    ]);
  });

  it('raise the policy revision with a change, and do nothing without one', async () => {
    const { id } = await environmentOf('blue');
    const revision = async (): Promise<number> =>
      Number((await bed.database.query<{ r: string }>('SELECT policy_revision AS r FROM accounts')).rows[0]!.r);
    const audited = async (): Promise<number> =>
      (await bed.database.query(`SELECT FROM audit_log WHERE action = 'environment.updated'`)).rowCount!;
    const before = await revision();
    for (const changes of [{}, { type: 'other' }, { stale_after_minutes: 120 }]) {
      expect((await reader.patch(`/environments/${id}`, changes)).status).toBe(200);
    }
    expect([await revision(), await audited()]).toEqual([before, 0]);
    await reader.patch(`/environments/${id}`, { position: 3 });
    expect([await revision(), await audited()]).toEqual([before + 1, 1]);
  });

  it('keep one type where it changes twice within a moment', async () => {
    const { id } = await environmentOf('blue');
    bed.versioner.clock.set('2026-03-03T10:00:00.000Z');
    for (const type of ['dev', 'test']) {
      expect((await reader.patch(`/environments/${id}`, { type })).status).toBe(200);
    }
    const types = await bed.database.query<{ type: string }>('SELECT type FROM environment_types ORDER BY valid_from');
    expect(types.rows.map(({ type }) => type)).toEqual(['other', 'test']);
  });

  it('are not changed by who has seen an older state', async () => {
    const { id } = await environmentOf('blue');
    const tag = (await reader.get(`/environments/${id}`)).headers.get('etag')!;
    const edit = (position: number, ifMatch: string): Promise<Response> =>
      fetch(`${bed.versioner.url}/environments/${id}`, {
        method: 'PATCH',
        headers: {
          Authorization: `Bearer ${bed.versioner.adminToken}`,
          'Content-Type': 'application/json',
          'If-Match': ifMatch,
        },
        body: JSON.stringify({ position }),
      });
    const edited = await edit(1, tag);
    expect(edited.status).toBe(200);
    const stale = await edit(2, tag);
    expect([stale.status, await stale.json()]).toEqual([412, { detail: expect.any(String) }]);
    expect((await edit(2, edited.headers.get('etag')!)).status).toBe(200);
    expect(await reader.read(`/environments/${id}`)).toMatchObject({ position: 2 });
  });

  it('are changed with sense, and by those who may', async () => {
    const { id } = await environmentOf('blue');
    const faulty = { type: 'prod', position: 1.5, stale_after_minutes: -1, pending_stale_after_hours: null };
    const reply = await reader.patch(`/environments/${id}`, faulty);
    expect([reply.status, reply.body]).toEqual([
      422,
      {
        detail: [
          {
            loc: ['body', 'type'],
            msg: "value is not a valid enumeration member; permitted: 'dev', 'test', 'staging', 'production', 'other'",
            type: 'type_error.enum',
          },
          { loc: ['body', 'position'], msg: 'value is not a valid integer', type: 'type_error.integer' },
          {
            loc: ['body', 'stale_after_minutes'],
            msg: 'ensure this value is greater than or equal to 0',
            type: 'value_error.number.not_ge',
          },
          {
            loc: ['body', 'pending_stale_after_hours'],
            msg: 'none is not an allowed value',
            type: 'type_error.none.not_allowed',
          },
        ],
      },
    ]);
    const pipeline = new Pipeline(bed.versioner.url, bed.versioner.apiKey);
    expect((await pipeline.patch(`/environments/${id}`, { position: 1 })).status).toBe(403);
    expect((await reader.patch(`/environments/${unknownId}`, { position: 1 })).status).toBe(404);
  });
});
