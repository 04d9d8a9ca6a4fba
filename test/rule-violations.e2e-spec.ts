import { beforeEach, describe, expect, it } from '@jest/globals';
import { createStranger } from './support/create-stranger.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/violations';

type Json = Readonly<Record<string, unknown>>;

describe('violations of rules', () => {
  const bed = useVersioner();

  const rule = async (name: string, more: object = {}): Promise<string> =>
    idOf(await bed.admin.post('/deployment-rules/', { name, type: 'cooldown', config: { minutes: 60 }, ...more }));
  const deploy = async (product_name: string, environment_name: string, version: string): Promise<Reply> => {
    bed.clock.advance(1000);
    return bed.pipeline.deploy({ product_name, environment_name, version });
  };
  const complete = async (product_name: string, environment_name: string, version: string): Promise<Reply> => {
    bed.clock.advance(1000);
    return bed.pipeline.deploy({ product_name, environment_name, version, status: 'completed' });
  };
  const list = async (query = ''): Promise<Json[]> => (await bed.admin.get(path + query)).body as Json[];

  it('are listed as they were told, with the attempt', async () => {
    const id = await rule('rest', { message: 'Give it an hour' });
    await complete('web', 'production', '1');
    const refused = (await deploy('web', 'production', '2')).body as { details: Json; code: string };
    expect(refused.code).toBe('COOLDOWN_ACTIVE');
    const [told] = refused.details['violations'] as Json[];
    const { preflight_check_id, product_id, version_id, environment_id } = refused.details;
    expect(await list()).toEqual([
      {
        ...told,
        id: expect.any(String),
        rule_id: id,
        rule_name: 'rest',
        rule_type: 'cooldown',
        status: 'enabled',
        message: 'Give it an hour',
        override_id: null,
        preflight_check_id,
        product_id,
        product_name: 'web',
        version_id,
        version: '2',
        environment_id,
        environment_name: 'production',
        checked_at: '2026-03-02T14:00:02.000Z',
      },
    ]);
  });

  it('are listed also where they blocked nothing, or are built in', async () => {
    const id = await rule('rest', { status: 'report_only' });
    await complete('web', 'production', '1');
    expect((await deploy('web', 'production', '2')).status).toBe(201);
    expect((await deploy('web', 'production', '3')).status).toBe(409);
    const shown = (await list()).map(({ code, rule_id, rule_name, status, version }) => [
      version,
      code,
      rule_id,
      rule_name,
      status,
    ]);
    const [third, second] = [shown.slice(0, 2), shown.slice(2)];
    expect(third).toHaveLength(2);
    expect(third).toEqual(
      expect.arrayContaining([
        ['3', 'COOLDOWN_ACTIVE', id, 'rest', 'report_only'],
        ['3', 'CONCURRENT_DEPLOYMENT', null, 'Concurrency (built in)', 'enabled'],
      ]),
    );
    expect(second).toEqual([['2', 'COOLDOWN_ACTIVE', id, 'rest', 'report_only']]);
  });

  it('are none for a rule that is disabled or was met', async () => {
    await rule('off', { status: 'disabled' });
    await rule('elsewhere', { products: ['other'] });
    await complete('web', 'production', '1');
    expect((await deploy('web', 'production', '2')).status).toBe(201);
    expect(await list()).toEqual([]);
  });

  describe('are found', () => {
    let restId: string;

    beforeEach(async () => {
      restId = await rule('rest', { status: 'report_only' });
      await rule('long rest', { status: 'report_only', environments: ['production'] });
      for (const product of ['web', 'api']) {
        for (const environment of ['production', 'staging']) {
          await complete(product, environment, '1');
          await deploy(product, environment, '2');
        }
      }
      await deploy('web', 'staging', '3');
    });

    const names = (violations: readonly Json[]): string[] =>
      violations.map(({ product_name, environment_name, rule_name, version }) =>
        [product_name, environment_name, rule_name, version].join(' '),
      );
    const builtIn = 'web staging Concurrency (built in) 3';
    const rests = [
      'web production rest 2',
      'web staging rest 2',
      'api production rest 2',
      'api staging rest 2',
      'web staging rest 3',
    ];
    const longRests = ['web production long rest 2', 'api production long rest 2'];

    it.each<[query: string, names: string[]]>([
      ['', [...rests, ...longRests, builtIn]],
      ['?rule=REST', rests],
      ['?rule=rest&rule=long%20rest', [...rests, ...longRests]],
      ['?rule=unknown', []],
      ['?product=web', [...rests, ...longRests, builtIn].filter((name) => name.startsWith('web'))],
      ['?product=web&environment=production', ['web production rest 2', 'web production long rest 2']],
      ['?environment=STAGING&product=api', ['api staging rest 2']],
      ['?code=CONCURRENT_DEPLOYMENT', [builtIn]],
      [
        '?code=CONCURRENT_DEPLOYMENT&code=COOLDOWN_ACTIVE&product=web&environment=staging',
        ['web staging rest 2', 'web staging rest 3', builtIn],
      ],
      ['?code=NO_DEPLOY_WINDOW', []],
      ['?rule=rest&product=web&environment=staging&code=COOLDOWN_ACTIVE', ['web staging rest 2', 'web staging rest 3']],
      ['?to=2026-03-02T14:00:02Z', ['web production rest 2', 'web production long rest 2']],
      ['?from=2026-03-02T14:00:09Z', ['web staging rest 3', builtIn]],
      ['?rule=rest&from=2026-03-02T14:00:04Z&to=2026-03-02T14:00:06Z', ['web staging rest 2', 'api production rest 2']],
    ])('by %s, page by page', async (query, expected) => {
      const all = await list(query);
      expect(names(all).toSorted()).toEqual(expected.toSorted());
      const times = all.map(({ checked_at }) => checked_at as string);
      expect(times).toEqual(times.toSorted().toReversed());
      for (const limit of [1, 2, 200]) {
        expect(await bed.admin.list(`${path}${query}${query === '' ? '?' : '&'}limit=${limit}`)).toEqual(all);
      }
    });

    it('by id as by name, and when the rule has gone', async () => {
      const byName = await list('?rule=rest');
      expect(await list(`?rule=${restId}`)).toEqual(byName);
      await bed.admin.delete(`/deployment-rules/${restId}`);
      expect(await list('?rule=rest')).toEqual(byName);
      expect(await list(`?rule=${restId}`)).toEqual(byName);
    });

    it('under the name that the rule had then', async () => {
      await bed.admin.patch(`/deployment-rules/${restId}`, { name: 'pause' });
      expect(names(await list('?rule=pause')).toSorted()).toEqual(rests.toSorted());
    });

    it('by nobody else', async () => {
      const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
      for (const query of ['', `?rule=${restId}`, '?product=web', '?code=COOLDOWN_ACTIVE']) {
        expect((await stranger.get(path + query)).body).toEqual([]);
      }
    });

    it.each(['?code=LATE', '?status=enabled', '?limit=0', '?from=now', '?cursor=x'])('not by %s', async (query) => {
      expect((await bed.admin.get(path + query)).status).toBe(422);
    });
  });
});
