import { describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const freeze = {
  name: 'freeze',
  type: 'schedule',
  config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] },
};

describe('environments over REST', () => {
  const bed = useVersioner();

  async function create(environment: object): Promise<string> {
    const reply = await bed.admin.post('/environments/', environment);
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
    return idOf(reply);
  }

  const detailOf = ({ body }: Reply): unknown => (body as { detail: unknown }).detail;
  const names = ({ body }: Reply): unknown[] => (body as { name: string }[]).map(({ name }) => name);

  it('are made with the type that their name suggests, or with another that counts at once', async () => {
    const inferred = await bed.admin.post('/environments/', { name: 'eu-preprod' });
    expect([inferred.status, inferred.body]).toEqual([
      201,
      {
        id: idOf(inferred),
        name: 'eu-preprod',
        aliases: [],
        type: 'staging',
        description: null,
        metadata: {},
        position: 300,
        stale_after_minutes: 120,
        pending_stale_after_hours: 168,
        created_at: '2026-03-02T14:00:00.000Z',
        updated_at: '2026-03-02T14:00:00.000Z',
        archived_at: null,
      },
    ]);
    expect(inferred.headers.get('location')).toBe(`/environments/${idOf(inferred)}`);

    await bed.admin.post('/deployment-rules/', { ...freeze, environment_types: ['production'] });
    const given = {
      name: 'blue',
      type: 'production',
      position: 7,
      stale_after_minutes: 5,
      pending_stale_after_hours: 1,
      description: 'The one',
      metadata: { region: 'eu' },
    };
    const blue = await bed.admin.post('/environments/', given);
    expect(blue.body).toMatchObject(given);
    expect((await bed.report({ environment_name: 'blue' })).status).toBe(423);
    expect(
      await bed.rows('SELECT type, valid_to FROM environment_types WHERE environment_id = $1', [idOf(blue)]),
    ).toEqual([{ type: 'production', valid_to: null }]);
    expect(
      await bed.rows(`SELECT after FROM audit_log WHERE action = 'environment.created' AND resource_id = $1`, [
        idOf(blue),
      ]),
    ).toEqual([{ after: blue.body }]);
  });

  it('keep their type, and the rules that name them, with another name', async () => {
    const id = await create({ name: 'production' });
    await bed.admin.post('/deployment-rules/', { ...freeze, environments: ['production'] });
    const renamed = await bed.admin.patch(`/environments/${id}`, { name: 'blue' });
    expect(renamed.body).toMatchObject({ name: 'blue', aliases: ['production'], type: 'production' });
    for (const environment_name of ['blue', 'Production']) {
      expect((await bed.report({ environment_name })).status).toBe(423);
    }
    const refused = await bed.admin.patch(`/environments/${id}`, { aliases: [] });
    expect([refused.status, detailOf(refused)]).toEqual([409, expect.stringContaining('"freeze"')]);
  });

  it.each([
    ['flow', { required_environments: ['staging'], target_environment: 'production' }, 'staging'],
    ['flow', { required_environments: ['staging'], target_environment: 'production' }, 'production'],
    ['version_approval', { required_approval_types: ['qa'], prerequisite_environment: 'staging' }, 'staging'],
  ])('keep an alias that a %s goes by: %o', async (type, config, name) => {
    const id = await create({ name });
    const rule = await bed.admin.post('/deployment-rules/', { name: 'way', type, config });
    expect([rule.status, rule.body]).toEqual([201, expect.anything()]);
    await bed.admin.patch(`/environments/${id}`, { name: 'other' });
    const refused = await bed.admin.patch(`/environments/${id}`, { aliases: [] });
    expect([refused.status, detailOf(refused)]).toEqual([409, expect.stringContaining('"way"')]);
  });

  it('do not take the name of another', async () => {
    const [one, other] = [await create({ name: 'one' }), await create({ name: 'other' })];
    for (const refused of [
      await bed.admin.post('/environments/', { name: 'ONE' }),
      await bed.admin.patch(`/environments/${other}`, { name: 'one' }),
    ]) {
      expect([refused.status, refused.body]).toEqual([409, { detail: expect.stringContaining(one) }]);
    }
    // Products have names of their own.
    expect((await bed.admin.post('/products/', { name: 'one' })).status).toBe(201);
  });

  it('are put in order at once, the others behind', async () => {
    const ids = new Map<string, string>();
    for (const name of ['production', 'dev', 'qa', 'extra', 'more']) ids.set(name, await create({ name }));
    await bed.admin.patch(`/environments/${ids.get('qa')}`, { name: 'testing' });
    const order = await bed.admin.send('PUT', '/environments/order', {
      environments: ['DEV', 'qa', ids.get('production')],
    });
    expect([order.status, names(order)]).toEqual([200, ['dev', 'testing', 'production', 'extra', 'more']]);
    expect((order.body as { position: number }[]).map(({ position }) => position)).toEqual([10, 20, 30, 40, 50]);
    const audited = async (): Promise<number> =>
      (await bed.rows(`SELECT FROM audit_log WHERE action = 'environment.updated'`)).length;
    const before = await audited();
    await bed.admin.send('PUT', '/environments/order', { environments: ['dev', 'testing'] });
    expect(await audited()).toBe(before);
    await bed.admin.send('PUT', '/environments/order', { environments: ['testing', 'dev'] });
    expect(await audited()).toBe(before + 2);
  });

  it('are put in no order that names what is unknown or names it twice', async () => {
    for (const name of ['dev', 'qa']) await create({ name });
    const refused = await bed.admin.send('PUT', '/environments/order', { environments: ['qa', 'dve', 'QA'] });
    expect([refused.status, detailOf(refused)]).toEqual([
      422,
      [
        { loc: ['body', 'environments', 1], msg: 'unknown environment', type: 'value_error.unknown' },
        { loc: ['body', 'environments', 2], msg: 'environment is listed twice', type: 'value_error.listed_twice' },
      ],
    ]);
    expect((await bed.admin.send('PUT', '/environments/order', { environments: [] })).status).toBe(422);
    expect(await bed.rows('SELECT position FROM environments ORDER BY position')).toEqual([
      { position: 100 },
      { position: 200 },
    ]);
    const developer = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'developer')).token);
    expect((await developer.send('PUT', '/environments/order', { environments: ['qa'] })).status).toBe(403);
    const sre = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'sre')).token);
    expect((await sre.send('PUT', '/environments/order', { environments: ['qa'] })).status).toBe(200);
  });

  it('are archived with their name, and listed when asked for', async () => {
    const id = await create({ name: 'old qa' });
    for (const query of ['', '?confirm=qa', '?confirm=']) {
      const refused = await bed.admin.delete(`/environments/${id}${query}`);
      expect(refused.status).toBe(422);
    }
    const refused = await bed.admin.delete(`/environments/${id}`);
    expect(detailOf(refused)).toEqual([
      {
        loc: ['query', 'confirm'],
        msg: 'confirm with the name of the environment: ?confirm=old%20qa',
        type: 'value_error.confirm',
      },
    ]);
    expect((await bed.admin.delete(`/environments/${id}?confirm=old%20qa`)).status).toBe(204);
    expect((await bed.admin.delete(`/environments/${id}?confirm=old%20qa`)).status).toBe(204);
    expect(names(await bed.admin.get('/environments/'))).toEqual([]);
    expect(names(await bed.admin.get('/environments/?archived=true&type=test'))).toEqual(['old qa']);
    expect((await bed.admin.get(`/environments/${id}`)).body).toMatchObject({
      archived_at: '2026-03-02T14:00:00.000Z',
    });
    expect(await bed.rows(`SELECT action FROM audit_log WHERE resource_id = $1 ORDER BY id`, [id])).toEqual([
      { action: 'environment.created' },
      { action: 'environment.archived' },
    ]);
  });
});
