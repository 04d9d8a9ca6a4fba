import { describe, expect, it } from '@jest/globals';
import { idOf, minute, testStart, useVersioner } from './support/use-versioner.js';

describe('the life of a deployment', () => {
  const bed = useVersioner();

  it('goes from pending to started to completed, one deployment all the way', async () => {
    const run = { invoke_id: 'run', extra_metadata: { a: 1, b: 1 } };
    const pending = await bed.report({ ...run, status: 'queued' });
    expect(pending).toMatchObject({
      status: 201,
      body: { status: 'pending', preflight_status: null, started_at: null },
    });
    expect(pending.headers.get('location')).toBe(`/deployments/${idOf(pending)}`);

    bed.clock.advance(minute);
    const started = await bed.report({ ...run, status: 'In_Progress', deployed_by: 'octocat', scm_branch: 'main' });
    expect(started).toMatchObject({
      status: 200,
      body: { id: idOf(pending), status: 'started', preflight_status: 'passed' },
    });
    expect(started.headers.get('location')).toBeNull();

    bed.clock.advance(minute);
    const ended = await bed.report({
      status: 'success',
      invoke_id: 'run',
      deployed_by: 'a bot',
      extra_metadata: { b: 2 },
    });
    expect(ended).toMatchObject({
      status: 200,
      body: {
        ...(started.body as object),
        status: 'completed',
        completed_at: '2026-03-02T14:02:00.000Z',
        deployed_at: '2026-03-02T14:02:00.000Z',
        updated_at: '2026-03-02T14:02:00.000Z',
        soak_time_hours: 0,
        extra_metadata: { a: 1, b: 2, preflight_status: { status: 'passed' } },
      },
    });
    expect((await bed.admin.get(`/deployments/${idOf(pending)}`)).body).toEqual(ended.body);
    expect(await bed.rows('SELECT type, status, payload FROM deployment_events ORDER BY received_at')).toMatchObject([
      { type: 'deployment.pending', status: 'pending', payload: { status: 'queued' } },
      { type: 'deployment.started', status: 'started', payload: { status: 'In_Progress' } },
      { type: 'deployment.completed', status: 'completed', payload: { status: 'success', deployed_by: 'a bot' } },
    ]);
    expect(await bed.currentVersion()).toBe('1.2.3');
  });

  describe('a repeat', () => {
    const event = { invoke_id: 'run', extra_metadata: { vi_gh_run_attempt: 1 } };

    it.each(['pending', 'started', 'completed', 'failed', 'aborted'])('of %s changes nothing', async (status) => {
      const first = await bed.report({ ...event, status });
      const before = await bed.written();
      bed.clock.advance(10 * minute - 1);
      expect(await bed.report({ ...event, status, deployed_by: 'not looked at' })).toMatchObject({
        status: 200,
        body: { ...(first.body as object), soak_time_hours: status === 'completed' ? 0.17 : null },
      });
      expect(await bed.written()).toEqual(before);
    });

    it.each<[string, Record<string, unknown>, number]>([
      ['another run attempt', { extra_metadata: { vi_gh_run_attempt: 2 } }, 0],
      ['ten minutes', {}, 10 * minute],
    ])('it is not after %s: a new attempt, which takes the place of the old one', async (_what, change, passed) => {
      const first = await bed.report(event);
      bed.clock.advance(passed);
      const second = await bed.report({ ...event, ...change });
      expect(second.status).toBe(201);
      expect(idOf(second)).not.toBe(idOf(first));
      expect(await bed.rows('SELECT id, status, end_reason FROM deployments ORDER BY id')).toEqual([
        { id: idOf(first), status: 'aborted', end_reason: 'superseded' },
        { id: idOf(second), status: 'started', end_reason: null },
      ]);
      expect(
        await bed.rows("SELECT deployment_id FROM deployment_events WHERE type = 'deployment.superseded'"),
      ).toEqual([{ deployment_id: idOf(first) }]);
    });

    it('it is not on the way back from another version: a rollback is a deployment, however soon', async () => {
      const deploy = async (version: string) => {
        const started = await bed.report({ version, status: 'started' });
        bed.clock.advance(10_000);
        const ended = await bed.report({ version, status: 'completed' });
        bed.clock.advance(10_000);
        expect(idOf(ended)).toBe(idOf(started));
        return started;
      };
      const first = await deploy('1.0');
      await deploy('2.0');
      const back = await deploy('1.0');
      expect([back.status, idOf(back) === idOf(first)]).toEqual([201, false]);
      const states = (await bed.admin.get('/environment-states/')).body as { cells: { version: string }[] }[];
      expect(states[0]!.cells[0]!.version).toBe('1.0');
    });

    it('it is not with another credential', async () => {
      await bed.report();
      expect((await bed.admin.deploy({ product_name: 'my-service', version: '1.2.3' })).status).toBe(201);
      expect(await bed.written()).toMatchObject({ deployments: 2 });
    });
  });

  it('may be ended by another system', async () => {
    const open = await bed.report({ invoke_id: 'a' });
    const ended = await bed.admin.deploy({
      product_name: 'my-service',
      version: '1.2.3',
      status: 'completed',
      invoke_id: 'elsewhere',
    });
    expect(ended).toMatchObject({ status: 200, body: { id: idOf(open), status: 'completed', invoke_id: 'a' } });
  });

  it('is over when it has ended: a later end opens another', async () => {
    const first = await bed.report({ status: 'completed', invoke_id: 'a' });
    bed.clock.advance(10 * minute);
    const second = await bed.report({ status: 'completed', invoke_id: 'a' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await bed.written()).toMatchObject({ deployments: 2 });
  });

  describe('an end without a start', () => {
    it('is recorded with what the checks find', async () => {
      await bed.report();
      const ended = await bed.report({ version: '2', status: 'completed' });
      expect(ended).toMatchObject({
        status: 201,
        body: {
          status: 'completed',
          started_at: null,
          preflight_status: 'skipped',
          extra_metadata: {
            preflight_status: {
              status: 'skipped',
              rules_evaluated: [{ evaluation_result: 'failed', error_code: 'CONCURRENT_DEPLOYMENT' }],
            },
          },
        },
      });
      expect(await bed.currentVersion()).toBe('2');
    });

    it('is refused and recorded all the same where the account enforces its rules on it', async () => {
      expect((await bed.admin.patch('/account/', { enforce_on_completed: true })).status).toBe(200);
      await bed.report();
      const refused = await bed.report({ version: '2', status: 'completed' });
      expect(refused).toMatchObject({ status: 409, body: { code: 'CONCURRENT_DEPLOYMENT' } });
      expect(await bed.currentVersion()).toBe('2');
      expect(await bed.rows("SELECT preflight_status FROM deployments WHERE status = 'completed'")).toEqual([
        { preflight_status: 'failed' },
      ]);
      // The holder itself may complete: it was checked when it started.
      expect((await bed.report({ status: 'completed' })).status).toBe(200);
    });
  });

  describe('the client’s clock', () => {
    it('places in history what lies back and was not seen to start', async () => {
      await bed.report({ version: '2', status: 'completed' });
      const backfill = await bed.report({
        version: '1',
        status: 'completed',
        started_at: '2026-03-02T12:50:00Z',
        completed_at: '2026-03-02T13:00:00+00:00',
      });
      expect(backfill).toMatchObject({
        status: 201,
        body: {
          started_at: '2026-03-02T12:50:00.000Z',
          completed_at: '2026-03-02T13:00:00.000Z',
          deployed_at: '2026-03-02T13:00:00.000Z',
          // Replaced an hour later by version 2.
          soak_time_hours: 1,
        },
      });
      expect(await bed.currentVersion()).toBe('2');
      await bed.report({ version: '3', status: 'completed', completed_at: '2026-03-02T13:58:00Z' });
      expect(await bed.currentVersion()).toBe('3');
    });

    it('is not believed about the future', async () => {
      const event = { started_at: '2030-01-01T00:00:00Z', completed_at: '2030-01-01T00:00:00Z' };
      expect((await bed.report(event)).body).toMatchObject({ started_at: testStart, completed_at: null });
      expect((await bed.report({ ...event, status: 'completed' })).body).toMatchObject({
        started_at: testStart,
        completed_at: testStart,
      });
    });
  });
});
