import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { JudgedVersion } from './support/approvals.js';
import { AdminProcess } from './support/admin-process.js';
import { eventually } from './support/eventually.js';
import { Past } from './support/past.js';
import { Retaining } from './support/retaining.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const dayMs = 86_400_000;
const start = Date.parse(testStart);

/** That many days after the start of the test, and milliseconds more. */
const day = (days: number, ms = 0) => new Date(start + days * dayMs + ms);

describe('the retention', () => {
  const bed = useVersioner();
  let retaining: Retaining;

  beforeEach(() => {
    retaining = Retaining.on(bed);
  });

  afterEach(() => retaining.close());

  const keep = async (changes: object) => expect((await bed.admin.patch('/account/', changes)).status).toBe(200);
  const count = async (table: string) => (await bed.rows(`SELECT count(*)::int AS n FROM ${table}`))[0]?.['n'];
  const applied = () =>
    bed.rows("SELECT actor_kind, after FROM audit_log WHERE action = 'retention.applied' ORDER BY at, id");
  const build = async (event: object) =>
    bed.pipeline.post('/build-events/', { product_name: 'my-service', version: '1.2.3', ...event });

  it('keeps everything for ever unless told otherwise', async () => {
    await bed.report({ status: 'completed' });
    await retaining.runAt(day(10_000));
    expect([await count('deployment_events'), await count('preflight_checks')]).toEqual([1, 1]);
  });

  it('keeps what is exactly as old, and removes what is a millisecond older', async () => {
    for (const [version, ms] of [
      ['1', 0],
      ['2', 1],
    ] as const) {
      bed.clock.set(day(0, ms));
      await bed.report({ version, status: 'completed' });
      await build({ version, status: 'started' });
      await build({ version, status: 'completed' });
    }
    await keep({ retain_events_days: 40, retain_checks_days: 40 });
    await retaining.runAt(day(40, 0));
    expect([await count('deployment_events'), await count('build_events'), await count('preflight_checks')]).toEqual([
      2, 4, 2,
    ]);

    await retaining.runAt(day(41, -dayMs + 1));
    expect(await count('deployment_events')).toBe(2);
    await retaining.runAt(day(41, 0));
    expect(await bed.rows('SELECT DISTINCT received_at FROM deployment_events')).toEqual([]);
  });

  it('removes what is a millisecond older, and nothing else', async () => {
    const ids: Record<string, string> = {};
    for (const [version, ms] of [
      ['1', 0],
      ['2', 1],
    ] as const) {
      bed.clock.set(day(0, ms));
      ids[version] = idOf(await bed.report({ version, status: 'completed' }));
      await build({ version, status: 'started' });
      await build({ version, status: 'completed' });
    }
    const before = (await bed.admin.get('/environment-states/')).body;
    await keep({ retain_events_days: 40, retain_checks_days: 40 });
    await retaining.runAt(day(40, 1));

    expect(await bed.rows('SELECT received_at FROM deployment_events')).toEqual([{ received_at: day(0, 1) }]);
    expect(await bed.rows('SELECT checked_at FROM preflight_checks')).toEqual([{ checked_at: day(0, 1) }]);
    // Of the first version's, the first stays: it says who built it.
    expect(await bed.rows('SELECT status, received_at FROM build_events ORDER BY id')).toEqual([
      { status: 'started', received_at: day(0, 0) },
      { status: 'started', received_at: day(0, 1) },
      { status: 'completed', received_at: day(0, 1) },
    ]);
    expect(await bed.admin.list('/deployments/')).toHaveLength(2);
    expect(await bed.admin.list('/versions/')).toHaveLength(2);
    expect(await bed.admin.list('/builds/')).toHaveLength(2);
    expect((await bed.admin.get(`/deployments/${ids['1']}/events`)).body).toEqual([]);
    expect((await bed.admin.get(`/deployments/${ids['2']}/events`)).body).toHaveLength(1);
    bed.clock.set(testStart);
    expect((await bed.admin.get('/environment-states/')).body).toEqual(before);
    expect((await bed.admin.get('/account/')).body).toMatchObject({
      events_removed_before: day(0, 1).toISOString(),
      checks_removed_before: day(0, 1).toISOString(),
    });
  });

  it('is audited once, with what it has removed; a run that removes nothing is not', async () => {
    await bed.report({ status: 'completed' });
    await build({ status: 'started' });
    await build({ status: 'completed' });
    await keep({ retain_events_days: 1, retain_checks_days: 31 });
    await retaining.runAt(day(40));
    await retaining.runAt(day(50));
    expect(await applied()).toEqual([
      {
        actor_kind: 'service',
        after: {
          id: expect.any(String),
          started_at: day(40).toISOString(),
          finished_at: day(40).toISOString(),
          events_before: day(39).toISOString(),
          checks_before: day(9).toISOString(),
          audit_before: null,
          removed: { deployment_events: 1, build_events: 1, preflight_checks: 1, rule_violations: 0, audit_entries: 0 },
        },
      },
    ]);
  });

  it('comes by once a day', async () => {
    await keep({ retain_events_days: 1 });
    await retaining.runAt(day(10));
    await bed.report({ status: 'completed' });
    await bed.rows('UPDATE deployment_events SET received_at = $1', [day(0)]);
    await retaining.runAt(day(11, -1));
    expect(await count('deployment_events')).toBe(1);
    await retaining.runAt(day(11));
    expect(await count('deployment_events')).toBe(0);
  });

  it('leaves the events of a deployment that is open, until it has ended', async () => {
    const open = await bed.report({ invoke_id: 'a' });
    await bed.report({ version: '2', environment_name: 'dev', status: 'completed' });
    await keep({ retain_events_days: 1 });
    await retaining.runAt(day(40));
    expect(await bed.rows('SELECT deployment_id FROM deployment_events')).toEqual([{ deployment_id: idOf(open) }]);
    await bed.rows("UPDATE deployments SET status = 'aborted', completed_at = now() WHERE id = $1", [idOf(open)]);
    await retaining.runAt(day(41));
    expect(await count('deployment_events')).toBe(0);
  });

  it('removes an attempt that was blocked together with its violations and what was reported of it', async () => {
    await bed.report({ invoke_id: 'a' });
    expect((await bed.report({ version: '2', invoke_id: 'b' })).status).toBe(409);
    expect((await bed.report({ version: '2', invoke_id: 'b', status: 'failed' })).status).toBe(200);
    const [check] = await bed.rows("SELECT id FROM preflight_checks WHERE outcome = 'blocked'");
    await bed.report({ status: 'completed', invoke_id: 'a' });
    await keep({ retain_checks_days: 31 });

    await retaining.runAt(day(31));
    expect((await bed.admin.get(`/preflight-checks/${String(check?.['id'])}`)).status).toBe(200);
    await retaining.runAt(day(32));
    expect((await bed.admin.get(`/preflight-checks/${String(check?.['id'])}`)).status).toBe(404);
    expect((await bed.admin.post(`/preflight-checks/${String(check?.['id'])}/replay`, {})).status).toBe(404);
    expect(await bed.admin.list('/deployment-rules/violations/')).toEqual([]);
    expect([await count('preflight_checks'), await count('rule_violations')]).toEqual([0, 0]);
    // Events are kept for ever here: those of deployments stay.
    expect(
      await bed.rows('SELECT DISTINCT version FROM deployment_events JOIN versions v ON v.id = version_id'),
    ).toEqual([{ version: '1.2.3' }]);
    expect((await applied()).map(({ after }) => (after as { removed: object }).removed)).toEqual([
      { deployment_events: 2, build_events: 0, preflight_checks: 2, rule_violations: 1, audit_entries: 0 },
    ]);
  });

  it('keeps the attempt that used an override up', async () => {
    await bed.report({ version: '1', status: 'completed' });
    await bed.admin.post('/deployment-rules/', { name: 'slowly', type: 'cooldown', config: { minutes: 120 } });
    const override = { product: 'my-service', environment: 'production', reason: 'an incident' };
    const given = idOf(await bed.admin.post('/preflight-overrides/', override));
    expect((await bed.report({ version: '2' })).status).toBe(201);
    await bed.report({ version: '2', status: 'completed' });
    await keep({ retain_checks_days: 31, retain_events_days: 1 });
    await retaining.runAt(day(60));
    const { body } = await bed.admin.get(`/preflight-overrides/${given}`);
    expect(await bed.rows('SELECT id FROM preflight_checks')).toEqual([
      { id: (body as { preflight_check_id: string }).preflight_check_id },
    ]);
  });

  it('still knows who built a version: they may not approve it', async () => {
    const version = await JudgedVersion.on(bed);
    await bed.report({ status: 'completed' });
    await version.build({ status: 'started', built_by: 'octocat' });
    await version.build({ status: 'completed', built_by: 'octocat' });
    const octocat = await version.person('qa', { logins: ['octocat'] });
    const config = { required_approvals: 1, approver_roles: ['qa'] };
    const rule = { name: 'someone else', type: 'approval', environments: ['live'], config };
    expect((await bed.admin.post('/deployment-rules/', rule)).status).toBe(201);
    expect((await version.decide(octocat)).status).toBe(201);
    const ask = () => bed.report({ environment_name: 'live', status: 'started', invoke_id: 'x', deployed_by: 'hubot' });
    expect((await ask()).status).toBe(428);
    await keep({ retain_events_days: 1 });
    await retaining.runAt(day(40));
    expect(await count('build_events')).toBe(1);
    expect((await ask()).status).toBe(428);
    // Somebody else's word counts.
    await version.decide(await version.person('qa'));
    expect((await ask()).status).toBe(201);
  });

  it('a back-test of a time of which attempts were removed says so', async () => {
    const past = new Past(bed);
    await past.deployed('10:00', '10:05');
    await keep({ retain_checks_days: 31 });
    await retaining.runAt(day(60));
    const result = await past.backtest({ type: 'cooldown', config: { minutes: 5 } });
    expect(result).toMatchObject({ evaluated: 0, attempts_removed_before: day(29).toISOString() });
  });

  it('removes sealed ranges of the audit log, and what is left can still be proved', async () => {
    await bed.report({ status: 'completed' });
    await retaining.sealer.sealAll();
    // The account itself was made today, whatever the clock of the test says.
    bed.clock.set(day(3_999));
    await keep({ retain_audit_days: 30 });
    await retaining.sealer.sealAll();
    const before = (await count('audit_log')) as number;
    await retaining.runAt(day(4_000));
    const [end] = await applied();
    const { audit_entries: removed } = (end!['after'] as { removed: { audit_entries: number } }).removed;
    expect(removed).toBeGreaterThan(0);
    // What tells of the removal has come.
    expect(await count('audit_log')).toBe(before - removed + 2);
    expect(await bed.rows('SELECT action FROM audit_log WHERE at < $1', [day(3_000)])).toEqual([]);
    expect((await bed.admin.get('/audit-log/verify')).body).toMatchObject({ complete: true });
  });

  describe('of several batches', () => {
    const events = 2_600;

    beforeEach(async () => {
      await bed.report({ status: 'completed' });
      await bed.rows('DELETE FROM deployment_events');
      // Old for the database's clock, too: the command at the end goes by that.
      await bed.rows(
        `INSERT INTO deployment_events (account_id, id, deployment_id, version_id, environment_id, type, status, payload, received_at)
         SELECT account_id, gen_random_uuid(), id, version_id, environment_id, 'deployment.started', 'started', '{}', '2020-01-01'
         FROM deployments, generate_series(1, ${events})`,
      );
      await keep({ retain_events_days: 30 });
    });

    const removed = async () =>
      (await applied()).map(({ after }) => (after as { removed: Record<string, number> }).removed['deployment_events']);

    it('is done once by two replicas that meet', async () => {
      const other = Retaining.on(bed);
      try {
        await Promise.all([retaining.runAt(day(40)), other.runAt(day(40))]);
        await retaining.runAt(day(40));
        expect(await count('deployment_events')).toBe(0);
        expect(await removed()).toEqual([events]);
      } finally {
        await other.close();
      }
    });

    it('goes on where it was, if its process is killed, and counts nothing twice', async () => {
      const run = AdminProcess.start(bed.versioner, ['retention', 'run']);
      await eventually(async () => (await count('deployment_events')) !== events);
      run.kill();
      await run.ended();
      const left = (await count('deployment_events')) as number;
      expect([left > 0, left < events, await removed()]).toEqual([true, true, []]);
      expect(await bed.rows('SELECT deployment_events::int AS n FROM retention_runs')).toEqual([{ n: events - left }]);

      const dry = AdminProcess.start(bed.versioner, ['retention', 'run', '--dry-run']);
      expect(await dry.ended()).toBe(0);
      expect(dry.output).toMatch(`events: ${left} from before `);
      const again = AdminProcess.start(bed.versioner, ['retention', 'run', '--account', 'default']);
      expect(await again.ended()).toBe(0);
      expect(again.output).toMatch(`events: ${events} from before `);
      expect(await count('deployment_events')).toBe(0);
      expect(await removed()).toEqual([events]);
    });
  });

  it('stops where somebody takes it back', async () => {
    await bed.report({ status: 'completed' });
    await keep({ retain_events_days: 1 });
    await bed.rows(
      `INSERT INTO retention_runs (account_id, id, by, events_before, step, started_at)
       SELECT id, gen_random_uuid(), 'service', $1, 'deployment_events', $1 FROM accounts`,
      [day(40)],
    );
    await keep({ retain_events_days: null });
    await retaining.runAt(day(40));
    expect(await count('deployment_events')).toBe(1);
    expect(await bed.rows('SELECT FROM retention_runs WHERE finished_at IS NULL')).toEqual([]);
  });
});
