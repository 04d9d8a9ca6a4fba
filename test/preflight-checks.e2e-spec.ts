import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PreflightCheckDetailsDto, PreflightCheckDto, ReplayDto } from '../src/preflight/preflight-checks.dto.js';
import { createStranger } from './support/create-stranger.js';
import { full } from './support/full.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { Historian, randomHistory } from './support/random-history.js';
import { randomRules } from './support/random-rules.js';
import { unknownId } from './support/reader.js';
import { detailsOf, hour, idOf, minute, testStart, useVersioner } from './support/use-versioner.js';

const seed = Number(process.env['REPLAY_SEED'] ?? 20_260_302);

describe('the record of attempts', () => {
  const bed = useVersioner();

  async function rule(fields: object): Promise<string> {
    const reply = await bed.admin.post('/deployment-rules/', fields);
    expect(reply).toMatchObject({ status: 201 });
    return idOf(reply);
  }

  const cooldown = (minutes: number) => ({ name: 'slowly', type: 'cooldown', config: { minutes } });

  /** An attempt that a cooldown refuses, a minute after the last deployment. */
  async function refused(event: object = {}): Promise<Reply> {
    await bed.report({ version: '1.0.0', status: 'completed' });
    bed.clock.advance(minute);
    const reply = await bed.report({ version: '2.0.0', ...event });
    expect(reply).toMatchObject({ status: 428 });
    return reply;
  }

  const checkIdOf = (reply: Reply) => detailsOf(reply)['preflight_check_id'] as string;

  async function read(id: string): Promise<PreflightCheckDetailsDto> {
    return (await bed.admin.get(`/preflight-checks/${id}`)).body as PreflightCheckDetailsDto;
  }

  async function list(query = ''): Promise<PreflightCheckDto[]> {
    return bed.admin.list<PreflightCheckDto>(`/preflight-checks/?limit=2${query}`);
  }

  async function replay(id: string): Promise<ReplayDto> {
    const { status, body } = await bed.admin.post(`/preflight-checks/${id}/replay`, {});
    expect(status).toBe(200);
    return body as ReplayDto;
  }

  it('shows what was refused, why, and what decided it', async () => {
    const ruleId = await rule({ ...cooldown(60), products: ['my-service'] });
    const reply = await refused({ invoke_id: 'run', deployed_by: 'octocat', deployed_by_name: 'Mona Lisa' });
    const { violations, product_id, version_id, environment_id } = detailsOf(reply);
    const check = await read(checkIdOf(reply));
    expect(check).toEqual({
      id: checkIdOf(reply),
      outcome: 'blocked',
      allowed: false,
      status_code: 428,
      code: 'COOLDOWN_ACTIVE',
      message: (reply.body as { message: string }).message,
      retry_after: '2026-03-02T15:00:00Z',
      product_id,
      product_name: 'my-service',
      version_id,
      version: '2.0.0',
      environment_id,
      environment_name: 'production',
      deployment_id: null,
      invoke_id: 'run',
      deployed_by: 'octocat',
      deployed_by_email: null,
      deployed_by_name: 'Mona Lisa',
      policy_revision: expect.any(Number),
      violations,
      rules_evaluated: [
        expect.objectContaining({ rule_id: null, evaluation_result: 'passed' }),
        expect.objectContaining({ rule_id: ruleId, evaluation_result: 'failed', error_code: 'COOLDOWN_ACTIVE' }),
      ],
      without_start: false,
      checked_at: '2026-03-02T14:01:00.000Z',
      facts: expect.objectContaining({
        now: '2026-03-02T14:01:00.000Z',
        product_name: 'my-service',
        version: '2.0.0',
        last_completed_at: testStart,
        rules: [{ rule_id: ruleId, revision: 1 }],
      }),
      rules: [
        {
          rule_id: ruleId,
          revision: 1,
          name: 'slowly',
          description: null,
          message: null,
          type: 'cooldown',
          status: 'enabled',
          products: ['my-service'],
          environments: [],
          environment_types: [],
          config: { minutes: 60 },
        },
      ],
    });
    const { facts: _, rules: __, ...listed } = check;
    expect(await list('&allowed=false')).toEqual([listed]);
  });

  it.each<[Readonly<Record<string, string>>, object, object]>([
    // what is reported; what becomes of it
    [
      { version: '3.0.0' },
      {},
      { outcome: 'passed', allowed: true, status_code: 201, code: null, without_start: false },
    ],
    [
      { version: '3.0.0', status: 'completed' },
      {},
      { outcome: 'skipped', allowed: true, code: 'COOLDOWN_ACTIVE', without_start: true },
    ],
    [
      { version: '3.0.0', status: 'completed' },
      { enforce_on_completed: true },
      { outcome: 'failed', allowed: false, status_code: 428, code: 'COOLDOWN_ACTIVE', without_start: true },
    ],
  ])('shows %j under %j', async (event, settings, shown) => {
    await bed.admin.patch('/account/', settings);
    await rule(cooldown(60));
    await bed.report({ version: '1.0.0', status: 'completed' });
    bed.clock.advance(event['status'] === undefined ? hour : minute);
    const reply = await bed.report(event);
    const [check] = await list();
    expect(check).toMatchObject(shown);
    const [deployment] = await bed.rows('SELECT id FROM deployments ORDER BY created_at DESC LIMIT 1');
    expect(check!.deployment_id).toBe(deployment!['id']);
    if (reply.status > 400) expect(checkIdOf(reply)).toBe(check!.id);
    expect(await replay(check!.id)).toMatchObject({ same: true });
  });

  it('joins a start to what was announced: no deployment is created then', async () => {
    const pending = await bed.report({ status: 'pending' });
    await bed.report();
    expect(await list()).toMatchObject([{ status_code: 200, deployment_id: idOf(pending) }]);
  });

  it('is listed newest first, page by page, and by its filters', async () => {
    await rule({ ...cooldown(60), products: ['web'] });
    const report = async (product_name: string, version: string, event: object = {}) => {
      bed.clock.advance(1000);
      await bed.report({ product_name, version, ...event });
    };
    await report('web', '1', { status: 'completed' });
    await report('web', '2');
    await report('api', '1', { environment_name: 'staging' });
    await report('api', '2', { environment_name: 'Staging', invoke_id: 'x' });
    await report('web', '3', { environment_name: 'staging' });
    await report('web', '3', { status: 'completed' });

    const versions = async (query = '') =>
      (await list(query)).map(({ product_name, version, environment_name }) =>
        [product_name, version, environment_name].join(' '),
      );
    const all = [
      'web 3 production',
      'web 3 staging',
      'api 2 staging',
      'api 1 staging',
      'web 2 production',
      'web 1 production',
    ];
    expect(await versions()).toEqual(all);
    expect(await versions('&product=WEB')).toEqual([all[0], all[1], all[4], all[5]]);
    expect(await versions('&product=web&product=api')).toEqual(all);
    expect(await versions('&environment=staging')).toEqual(all.slice(1, 4));
    expect(await versions('&version=3&version=1')).toEqual([all[0], all[1], all[3], all[5]]);
    expect(await versions('&version=1&product=api')).toEqual([all[3]]);
    expect(await versions('&code=COOLDOWN_ACTIVE')).toEqual([all[0], all[4]]);
    expect(await versions('&code=CONCURRENT_DEPLOYMENT&code=FLOW_VIOLATION')).toEqual([all[2]]);
    expect(await versions('&allowed=false')).toEqual([all[2], all[4]]);
    expect(await versions('&allowed=true')).toEqual([all[0], all[1], all[3], all[5]]);
    expect(await versions('&allowed=false&code=COOLDOWN_ACTIVE&product=web&environment=production')).toEqual([all[4]]);
    expect(await versions('&from=2026-03-02T14:00:02Z&to=2026-03-02T14:00:04Z')).toEqual(all.slice(2, 5));
    expect(await versions('&product=nothing')).toEqual([]);
    expect((await bed.admin.get('/preflight-checks/?code=NO')).status).toBe(422);
  });

  it.each(['', '&product=a&product=b', '&environment=production', '&version=0&version=1&version=2', '&allowed=true'])(
    'shows each attempt once, whatever the size of a page: %s',
    async (query) => {
      // In threes within one millisecond, so that only the id tells their order.
      for (let n = 0; n < 9; n++) {
        if (n % 3 === 0) bed.clock.advance(1);
        await bed.report({
          product_name: ['a', 'b'][n % 2],
          version: String(n % 3),
          status: 'completed',
          invoke_id: String(n),
        });
      }
      const all = await bed.admin.list<PreflightCheckDto>(`/preflight-checks/?limit=200${query}`);
      const keys = all.map(({ checked_at, id }) => `${checked_at} ${id}`);
      expect(keys).toEqual([...new Set(keys)].toSorted().toReversed());
      expect(keys).toHaveLength(9);
      for (const limit of [1, 2, 5]) {
        expect(await bed.admin.list(`/preflight-checks/?limit=${limit}${query}`)).toEqual(all);
      }
    },
  );

  it('is for those who may read, each in their own account', async () => {
    await rule(cooldown(60));
    const id = checkIdOf(await refused());
    expect((await bed.pipeline.get(`/preflight-checks/${id}`)).status).toBe(403);
    expect((await bed.pipeline.get('/preflight-checks/')).status).toBe(403);
    expect((await bed.pipeline.post(`/preflight-checks/${id}/replay`, {})).status).toBe(403);
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    expect((await stranger.get(`/preflight-checks/${id}`)).status).toBe(404);
    expect((await stranger.post(`/preflight-checks/${id}/replay`, {})).status).toBe(404);
    expect((await stranger.get('/preflight-checks/')).body).toEqual([]);
    expect((await bed.admin.get(`/preflight-checks/${unknownId}`)).status).toBe(404);
  });

  describe('is replayed', () => {
    it('to the old verdict, after its rule was changed and deleted', async () => {
      const ruleId = await rule(cooldown(60));
      const reply = await refused();
      const id = checkIdOf(reply);
      const before = await read(id);
      await bed.admin.patch(`/deployment-rules/${ruleId}`, { name: 'quickly', config: { minutes: 1 } });
      expect((await bed.report({ version: '3.0.0', invoke_id: 'now' })).status).toBe(201);
      await bed.admin.delete(`/deployment-rules/${ruleId}`);

      const { code, message, retry_after, details } = reply.body as Record<string, unknown>;
      const { violations } = details as { violations: unknown };
      const verdict = { status_code: 428, code, message, retry_after, violations };
      expect(await replay(id)).toEqual({ same: true, recorded: verdict, replayed: verdict });
      expect(await read(id)).toEqual(before);
    });

    it('under the revision of each attempt', async () => {
      const ruleId = await rule(cooldown(60));
      await refused();
      await bed.admin.patch(`/deployment-rules/${ruleId}`, { message: 'Wait an hour.' });
      await bed.report({ version: '3.0.0' });
      await bed.admin.patch(`/deployment-rules/${ruleId}`, { status: 'report_only' });
      await bed.report({ version: '4.0.0' });
      const replays = await Promise.all((await list()).map(async ({ id }) => replay(id)));
      expect(replays.map(({ same, replayed }) => [same, replayed.code, replayed.violations[0]?.message])).toEqual([
        [true, null, 'Wait an hour.'],
        [true, 'COOLDOWN_ACTIVE', 'Wait an hour.'],
        [true, 'COOLDOWN_ACTIVE', expect.stringContaining('60 minutes must lie between')],
        [true, null, undefined],
      ]);
    });

    it(`to the same, whatever has happened and under whatever rules (seed ${seed})`, async () => {
      const cases = fc.sample(fc.record({ history: randomHistory(100), rules: randomRules(1) }), {
        numRuns: full(30, 4),
        seed,
      });
      const codes = new Set<string | null>();
      for (const { history, rules } of cases) {
        await bed.versioner.reset();
        bed.clock.set(testStart);
        for (const one of rules) await rule(one);
        const historian = new Historian(bed);
        await historian.settle();
        await historian.play(history);
        await historian.close();
        for (const one of rules) {
          const [stored] = await bed.rows('SELECT id FROM deployment_rules WHERE name = $1', [one['name']]);
          await bed.admin.delete(`/deployment-rules/${String(stored!['id'])}`);
        }
        for (const { id, code } of await list()) {
          const { same, recorded, replayed } = await replay(id);
          expect(replayed).toEqual(recorded);
          expect(same).toBe(true);
          codes.add(code);
        }
      }
      // Else nothing was compared.
      expect(codes.size).toBeGreaterThan(3);
    }, 1_800_000);
  });
});
