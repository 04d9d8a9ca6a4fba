import { describe, expect, it } from '@jest/globals';
import { ruleExamples } from '../src/rules/rule-examples.js';
import type { Reply } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const unknownProduction = 'There is no environment production yet; the rule applies once there is one';
const nobody = (role: string) =>
  `Nobody who may approve holds the role ${role}: give it to somebody as an approver role`;

describe('a rule that looks like a mistake is accepted, and says so', () => {
  const bed = useVersioner();

  const create = async (rule: object): Promise<Reply> => bed.admin.post('/deployment-rules/', rule);
  const warningsIn = ({ body }: Reply): unknown => (body as { warnings: unknown }).warnings;
  const warningsOf = async (id: string): Promise<unknown> => warningsIn(await bed.admin.get(`/deployment-rules/${id}`));

  it('as long as it looks so', async () => {
    const created = await create({ ...ruleExamples.cooldown, products: ['web'] });
    const id = idOf(created);
    const unknownWeb = 'There is no product web yet; the rule applies once there is one';
    expect(warningsIn(created)).toEqual([unknownWeb, unknownProduction]);
    const { product_id } = (await bed.report({ product_name: 'Web', environment_name: 'staging' })).body as Record<
      string,
      string
    >;
    expect(await warningsOf(id)).toEqual([unknownProduction]);
    const changed = await bed.admin.patch(`/deployment-rules/${id}`, {
      products: [product_id, 'WEB'],
      environments: ['STAGING'],
    });
    expect([changed.status, warningsIn(changed)]).toEqual([200, []]);
    const narrowed = await bed.admin.patch(`/deployment-rules/${id}`, { environment_types: ['production', 'other'] });
    expect(warningsIn(narrowed)).toEqual([
      'The rule never applies: STAGING is of type staging, and environment_types has only production and other',
    ]);
  });

  it('about who could approve', async () => {
    const id = idOf(await create(ruleExamples.approval));
    expect(await warningsOf(id)).toEqual([nobody('team-lead'), nobody('manager')]);
    const lead = { role: 'developer', approver_roles: ['Team-Lead'] };
    const people: string[] = [];
    for (const name of ['ann', 'bob']) {
      const person = await bed.admin.post('/users/', { email: `${name}@example.com`, name, ...lead });
      expect(person.status).toBe(201);
      people.push(idOf(person));
    }
    await bed.admin.post('/users/', { kind: 'service', name: 'robot', role: 'developer' });
    expect(await warningsOf(id)).toEqual([nobody('manager')]);
    await bed.admin.patch(`/deployment-rules/${id}`, {
      config: { required_approvals: 3, approver_roles: ['team-lead'] },
    });
    expect(await warningsOf(id)).toEqual([
      '3 approvals are required, but only 2 people who may approve hold team-lead: lower the number or give the role to more people',
    ]);
    for (const person of people) {
      expect((await bed.admin.delete(`/users/${person}`)).status).toBe(204);
    }
    expect(await warningsOf(id)).toEqual([nobody('team-lead')]);
  });

  it('about its windows, by the clock of now', async () => {
    const config = {
      mode: 'deny',
      recurrence: 'once',
      windows: [{ start: '2026-03-03T00:00:00', end: '2026-03-04T00:00:00' }],
    };
    const id = idOf(await create({ name: 'move', type: 'schedule', config }));
    expect(await warningsOf(id)).toEqual([]);
    bed.clock.set('2026-03-04T00:00:00.000Z');
    expect(await warningsOf(id)).toEqual([expect.stringMatching(/^windows\[0\] never comes: it ended at 2026-03-04/)]);
  });

  it('beside other schedules, but not beside itself', async () => {
    const allow = (name: string, start: string, end: string) => ({
      name,
      type: 'schedule',
      config: { mode: 'allow', recurrence: 'daily', windows: [{ start_time: start, end_time: end }] },
    });
    const morning = idOf(await create(allow('morning', '08:00', '12:00')));
    expect(await warningsOf(morning)).toEqual([]);
    const evening = await create(allow('evening', '18:00', '20:00'));
    const shut = (name: string) =>
      `Together with the rule ${name}, nothing can start where both apply: no moment of the next 400 days is open in both`;
    expect(warningsIn(evening)).toEqual([shut('morning')]);
    expect(await warningsOf(morning)).toEqual([shut('evening')]);
    const moved = await bed.admin.patch(`/deployment-rules/${idOf(evening)}`, {
      products: ['web'],
      environments: ['dev'],
    });
    expect(warningsIn(moved)).toContainEqual(shut('morning'));
    await bed.admin.patch(`/deployment-rules/${morning}`, { environments: ['qa'] });
    expect(await warningsOf(idOf(evening))).not.toContainEqual(shut('morning'));
    await bed.admin.patch(`/deployment-rules/${morning}`, { environments: [], status: 'disabled' });
    expect(await warningsOf(idOf(evening))).not.toContainEqual(shut('morning'));
  });

  it('with an ETag that changes with its warnings', async () => {
    const id = idOf(await create(ruleExamples.cooldown));
    const tag = async () => (await bed.admin.get(`/deployment-rules/${id}`)).headers.get('etag');
    const before = await tag();
    expect(await tag()).toBe(before);
    await bed.report({ environment_name: 'production' });
    expect(await tag()).not.toBe(before);
  });
});
