import { beforeEach, describe, expect, it } from '@jest/globals';
import { idOf, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
}

describe('the list of rules', () => {
  const bed = useVersioner();
  /** What was deployed where, before there were rules: the environment with a name that its type does not show. */
  let ids: Readonly<Record<string, string>>;

  const cooldown = (name: string, more: object = {}) => ({ name, type: 'cooldown', config: { minutes: 1 }, ...more });
  const rules = (): object[] => [
    cooldown('everywhere'),
    cooldown('web', { products: ['Web'] }),
    cooldown('web by id', { products: [ids['product_id']!.toUpperCase()] }),
    cooldown('api', { products: ['api'], status: 'disabled' }),
    cooldown('blue', { environments: ['api', 'BLUE'] }),
    cooldown('blue by id', { environments: [ids['environment_id']!] }),
    cooldown('live', { environment_types: ['production'], status: 'report_only' }),
    cooldown('dev', { environment_types: ['dev', 'test'] }),
    cooldown('web in blue', { products: ['web'], environments: ['blue'], environment_types: ['production'] }),
    cooldown('web in blue, never', { products: ['web'], environments: ['blue'], environment_types: ['dev'] }),
    { name: 'to blue', type: 'flow', config: { required_environments: ['qa'], target_environment: 'Blue' } },
  ];
  const everywhere = ['everywhere', 'web', 'web by id', 'api'];

  beforeEach(async () => {
    ids = (await bed.report({ product_name: 'web', environment_name: 'blue' })).body as Record<string, string>;
    await bed.admin.patch(`/environments/${ids['environment_id']}`, { type: 'production' });
    for (const [n, rule] of rules().entries()) {
      // In pairs within one millisecond, so that only the id tells their order.
      if (n % 2 === 0) bed.clock.advance(1000);
      await bed.admin.post(path, rule);
    }
  });

  const lists: [query: string, ...names: string[]][] = [
    ['type=flow', 'to blue'],
    ['type=flow&type=cooldown&name=API&name=to%20blue', 'api', 'to blue'],
    ['status=disabled', 'api'],
    ['status=disabled&status=report_only', 'api', 'live'],
    ['name=WEB', 'web'],
    ['name=web%20', 'web'],
    ['name=nothing'],
    [
      'product=web',
      'everywhere',
      'web',
      'web by id',
      'blue',
      'blue by id',
      'live',
      'dev',
      'web in blue',
      'web in blue, never',
      'to blue',
    ],
    ['product=WEB&status=report_only', 'live'],
    ['product=api&type=cooldown&status=disabled', 'api'],
    ['product=unknown&environment=unknown', 'everywhere'],
    ['environment=blue', ...everywhere, 'blue', 'blue by id', 'live', 'web in blue', 'to blue'],
    [
      'environment=blue&product=web',
      'everywhere',
      'web',
      'web by id',
      'blue',
      'blue by id',
      'live',
      'web in blue',
      'to blue',
    ],
    ['environment=sandbox', ...everywhere, 'dev'],
    ['environment=sandbox&environment=eu-prod&status=enabled', 'everywhere', 'web', 'web by id', 'dev'],
    ['environment=sandbox&environment=eu-prod&status=report_only', 'live'],
  ];

  it('shows what all its filters let through', async () => {
    for (const [query, ...names] of lists) {
      const listed = await bed.admin.list<Listed>(`${path}?${query}`);
      expect([query, ...listed.map(({ name }) => name).toReversed()]).toEqual([query, ...names]);
      for (const rule of listed) expect(rule).not.toHaveProperty('warnings');
    }
  });

  it('finds by id what it finds by name', async () => {
    for (const [filter, name] of [
      ['product', 'web'],
      ['environment', 'blue'],
    ]) {
      const byName = (await bed.admin.get(`${path}?${filter}=${name}`)).body;
      expect((await bed.admin.get(`${path}?${filter}=${ids[`${filter}_id`]}`)).body).toEqual(byName);
    }
  });

  it('shows each rule once, newest first, whatever the size of a page', async () => {
    const all = (await bed.admin.get(path)).body as Listed[];
    expect(all).toHaveLength(rules().length);
    const keys = all.map(({ created_at, id }) => `${created_at} ${id}`);
    expect(keys).toEqual(keys.toSorted().toReversed());
    for (const limit of [1, 2, 5, 200]) {
      expect(await bed.admin.list(`${path}?limit=${limit}`)).toEqual(all);
      expect(await bed.admin.list(`${path}?product=web&limit=${limit}`)).toEqual(
        (await bed.admin.get(`${path}?product=web`)).body,
      );
    }
  });

  it('does not show what was deleted', async () => {
    const [first] = (await bed.admin.get(path)).body as Listed[];
    await bed.admin.delete(`/deployment-rules/${first!.id}`);
    const left = (await bed.admin.get(path)).body as Listed[];
    expect(left.map(({ id }) => id)).not.toContain(first!.id);
    expect(left).toHaveLength(rules().length - 1);
    expect(idOf(await bed.admin.post(path, cooldown(first!.name)))).not.toBe(first!.id);
  });
});
