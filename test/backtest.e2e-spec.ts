import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BacktestResultDto } from '../src/rules/backtest.dto.js';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { Past } from './support/past.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { renameProduct } from './support/rename-product.js';
import { hour, useVersioner } from './support/use-versioner.js';

/** Blocks always. */
const closed = {
  type: 'schedule',
  config: { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] },
};
const needsLead = { type: 'approval', config: { required_approvals: 1, approver_roles: ['team-lead'] } };

describe('POST /deployment-rules/backtest', () => {
  const bed = useVersioner();
  let past: Past;

  beforeEach(() => {
    past = new Past(bed);
  });

  const versionsOf = ({ results }: BacktestResultDto) => results.map(({ version }) => version);

  it('tells which attempts of the period the rule would have blocked, newest first', async () => {
    await past.event('13:59:59.999', { version: 'before', environment_name: 'dev' });
    await past.event('14:00', { product_name: 'Shop', environment_name: 'Production', deployed_by: 'octocat' });
    await past.event('14:00', { version: '2', status: 'completed', environment_name: 'dev' });
    await past.event('15:00:00.001', { version: 'after', environment_name: 'dev' });
    const ids = await bed.rows('SELECT id FROM preflight_checks ORDER BY checked_at, id');
    const period = { from: '2026-03-02T14:00:00Z', to: '2026-03-02T16:00:00+01:00' };
    const { status, body, headers } = await past.ask(needsLead, period);
    expect([status, headers.get('link')]).toEqual([200, null]);
    expect(body).toEqual({
      attempts_removed_before: null,
      evaluated: 2,
      blocked: 2,
      results: [
        {
          preflight_check_id: ids[2]!['id'],
          product_name: 'my-service',
          version: '2',
          environment_name: 'dev',
          checked_at: '2026-03-02T14:00:00.000Z',
          deployed_by: null,
          code: 'APPROVAL_REQUIRED',
          message: 'dev deployment requires approval from 1 team-lead',
          retry_after: null,
          without_start: true,
          outcome: 'skipped',
        },
        {
          preflight_check_id: ids[1]!['id'],
          product_name: 'Shop',
          version: '1.2.3',
          environment_name: 'Production',
          checked_at: '2026-03-02T14:00:00.000Z',
          deployed_by: 'octocat',
          code: 'APPROVAL_REQUIRED',
          message: 'Production deployment requires approval from 1 team-lead',
          retry_after: null,
          without_start: false,
          outcome: 'passed',
        },
      ],
    });
  });

  it('counts attempts that were blocked, overridden or refused as a report like any other', async () => {
    await bed.admin.patch('/account/', { enforce_on_completed: true });
    await bed.admin.post('/deployment-rules/', { name: 'always', ...needsLead, environments: ['production'] });
    await past.event('14:00');
    const override = { product: 'my-service', environment: 'production', reason: 'incident' };
    await bed.admin.post('/preflight-overrides/', override);
    await past.event('14:10');
    await past.event('14:20', { version: '2', status: 'completed' });
    await past.event('14:30', { environment_name: 'dev' });
    const { results } = await past.backtest(closed);
    expect(results.map(({ outcome, without_start }) => [outcome, without_start])).toEqual([
      ['passed', false],
      ['failed', true],
      ['overridden', false],
      ['blocked', false],
    ]);
  });

  it.each(['enabled', 'report_only', 'disabled'])(
    'tries a rule that is to be %s as if it were enabled',
    async (status) => {
      await past.event('14:00');
      expect(await past.backtest({ ...closed, status })).toMatchObject({ evaluated: 1, blocked: 1 });
    },
  );

  it('tries a rule under a name that is taken: so a change of it can be tried', async () => {
    await past.event('14:00');
    const taken = { name: 'tried', ...needsLead, status: 'report_only' };
    expect(await bed.admin.post('/deployment-rules/', taken)).toMatchObject({ status: 201 });
    expect(await past.backtest(closed)).toMatchObject({ blocked: 1 });
  });

  it('changes nothing', async () => {
    await past.event('14:00');
    const [before, [account]] = [await bed.written(), await bed.rows('SELECT * FROM accounts')];
    expect(await past.backtest(closed)).toMatchObject({ blocked: 1 });
    expect([await bed.written(), await bed.rows('SELECT * FROM accounts')]).toEqual([before, [account]]);
    expect(await bed.rows('SELECT FROM deployment_rules')).toEqual([]);
  });

  it('asks the attempts within the scope: by names, former ones too, by ids, and what has no name yet', async () => {
    await past.event('14:00', { product_name: 'shop', version: 'shop' });
    await past.event('14:10', { product_name: 'cart', version: 'cart', environment_name: 'dev' });
    const [cart] = await bed.rows("SELECT id FROM products WHERE name = 'cart'");
    await renameProduct(bed.admin, cart!['id'] as string, 'basket');
    const of = async (scope: object) => versionsOf(await past.backtest({ ...closed, ...scope }));
    expect(await of({})).toEqual(['cart', 'shop']);
    expect(await of({ products: ['SHOP'] })).toEqual(['shop']);
    expect(await of({ products: ['Cart'] })).toEqual(['cart']);
    expect(await of({ products: ['basket', 'shop'] })).toEqual(['cart', 'shop']);
    expect(await of({ products: [(cart!['id'] as string).toUpperCase()] })).toEqual(['cart']);
    expect(await of({ environments: ['Dev'] })).toEqual(['cart']);
    expect(await of({ environments: ['Dev'], products: ['shop'] })).toEqual([]);
    expect(await of({ products: ['nothing yet'] })).toEqual([]);
    expect(await of({ environments: ['nowhere', 'production'] })).toEqual(['shop']);
    const flow = { type: 'flow', config: { required_environments: ['dev'], target_environment: 'PRODUCTION' } };
    expect(await past.backtest(flow)).toMatchObject({ evaluated: 1, blocked: 1 });
  });

  it('asks for the types that environments had then', async () => {
    await past.event('14:00', { version: 'then', environment_name: 'sandbox' });
    const [sandbox] = await bed.rows('SELECT id FROM environments');
    const retype = async (time: string, type: string) => {
      past.set(time);
      await bed.admin.patch(`/environments/${String(sandbox!['id'])}`, { type });
    };
    await retype('14:10', 'production');
    await past.event('14:10', { version: 'now', environment_name: 'sandbox', status: 'completed' });
    await past.event('14:19:59.999', { version: 'still', environment_name: 'sandbox', status: 'completed' });
    await retype('14:20', 'dev');
    await past.event('14:30', { version: 'later', environment_name: 'sandbox', status: 'completed' });
    const of = async (...environment_types: string[]) =>
      versionsOf(await past.backtest({ ...closed, environment_types }));
    expect(await of('production')).toEqual(['still', 'now']);
    expect(await of('dev')).toEqual(['later', 'then']);
    expect(await of('production', 'dev')).toEqual(['later', 'still', 'now', 'then']);
  });

  it.each<[object, number]>([
    [closed, 1302],
    [{ type: 'concurrency', config: { max_concurrent: 1, per: 'environment' } }, 1301],
  ])('answers in pages of a thousand, with the totals of the whole period on each (%j)', async (tried, blocked) => {
    await past.event('14:00', { environment_name: 'dev' });
    await past.event('14:00', { environment_name: 'dev', product_name: 'other' });
    // Read in chunks of some hundred: some of one instant lie across their borders.
    await bed.database.query(
      `INSERT INTO preflight_checks SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(),
         'deployment_id', NULL, 'outcome', 'blocked', 'checked_at', c.checked_at + (1 + n / 30) * interval '1 second'))).*
       FROM preflight_checks c JOIN products p ON p.id = c.product_id, generate_series(1, 1300) AS n WHERE p.name = 'other'`,
    );
    const ids = await bed.rows('SELECT id FROM preflight_checks ORDER BY checked_at DESC, id DESC');
    const period = { from: '2026-03-02T14:00:00Z', to: '2026-03-02T23:00:00Z' };
    const body = { rule: { name: 'tried', ...tried, environments: ['dev'] }, ...period };
    const pages: BacktestResultDto[] = [];
    for (let path: string | undefined = '/deployment-rules/backtest'; path !== undefined;) {
      const reply: Reply = await bed.admin.post(path, body);
      pages.push(reply.body as BacktestResultDto);
      path = /^<(\/deployment-rules\/backtest\?cursor=[\w-]+)>; rel="next"$/.exec(reply.headers.get('link') ?? '')?.[1];
    }
    expect(pages.map((page) => [page.evaluated, page.blocked, page.results.length])).toEqual([
      [1302, blocked, 1000],
      [1302, blocked, blocked - 1000],
    ]);
    const shown = pages.flatMap(({ results }) => results.map(({ preflight_check_id: id }) => ({ id })));
    expect(shown).toEqual(ids.slice(0, blocked));
  });

  it('refuses a rule as its creation does, and a period that is none', async () => {
    const faultsOf = async (body: object) => {
      const reply = await bed.admin.post('/deployment-rules/backtest', body);
      expect(reply.status).toBe(422);
      return (reply.body as { detail: { loc: string[]; msg: string }[] }).detail.map(({ loc, msg }) => [loc, msg]);
    };
    const period = { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' };
    const rule = { name: 'tried', ...closed };
    expect(await faultsOf({})).toEqual([
      [['body', 'rule'], 'field required'],
      [['body', 'from'], 'field required'],
      [['body', 'to'], 'field required'],
    ]);
    expect(await faultsOf({ rule: { type: 'cooldown', config: { minutes: 0, hours: 1 } }, ...period })).toEqual([
      [['body', 'rule', 'name'], 'field required'],
      [['body', 'rule', 'config', 'minutes'], 'ensure this value is greater than or equal to 1'],
      [['body', 'rule', 'config', 'hours'], 'extra fields not permitted'],
    ]);
    const flow = { type: 'flow', config: { required_environments: ['dev'], target_environment: 'production' } };
    expect(await faultsOf({ rule: { name: 'flow', ...flow, environments: ['dev'] }, ...period })).toMatchObject([
      [['body', 'rule', 'environments'], expect.stringContaining('must be empty')],
    ]);
    const back = { required_environments: ['production'], target_environment: 'dev' };
    await bed.admin.post('/deployment-rules/', { name: 'back', type: 'flow', config: back });
    expect(await faultsOf({ rule: { name: 'flow', ...flow }, ...period })).toMatchObject([
      [['body', 'rule', 'config'], expect.stringContaining('closes a circle')],
    ]);
    expect(await past.backtest({ ...flow, name: 'Back' })).toMatchObject({ evaluated: 0 });

    const { from } = period;
    expect(await faultsOf({ rule, from, to: from })).toEqual([[['body', 'to'], 'must be later than from']]);
    expect(await faultsOf({ rule, from, to: 'tomorrow' })).toEqual([[['body', 'to'], 'invalid datetime format']]);
    expect(await faultsOf({ rule, from: 'yesterday', to: from })).toEqual([
      [['body', 'from'], 'invalid datetime format'],
    ]);
    const longest = Date.parse(from) + 400 * 24 * hour;
    expect(await past.ask(closed, { from, to: new Date(longest).toISOString() })).toMatchObject({ status: 200 });
    expect(await faultsOf({ rule, from, to: new Date(longest + 1).toISOString() })).toEqual([
      [['body', 'to'], 'must be at most 400 days after from'],
    ]);
    const broken = await bed.admin.post('/deployment-rules/backtest?cursor=x', { rule, ...period });
    expect(broken).toMatchObject({ status: 422, body: { detail: [{ loc: ['query', 'cursor'] }] } });
  });

  it('is for everybody who may read, and shows nobody what another account did', async () => {
    await past.event('14:00');
    const { token } = await createPerson(bed.versioner, 'viewer');
    expect((await past.ask(closed, {}, new Pipeline(bed.versioner.url, token))).body).toMatchObject({ blocked: 1 });
    expect(await past.ask(closed, {}, bed.pipeline)).toMatchObject({ status: 403 });
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    expect((await past.ask(closed, {}, stranger)).body).toEqual({
      evaluated: 0,
      blocked: 0,
      attempts_removed_before: null,
      results: [],
    });
  });
});
