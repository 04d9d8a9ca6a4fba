import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventPath } from './support/event-path.js';
import { detailsOf, hour, idOf, minute, useVersioner } from './support/use-versioner.js';

describe('deployments that never end', () => {
  const bed = useVersioner();
  /** Sweeps when it is told to, and not once a minute. */
  let replica: EventPath;

  beforeEach(() => {
    replica = EventPath.on(bed.versioner.databaseUrl);
  });

  afterEach(async () => {
    await replica.close();
  });

  /** Lets time pass, for the service and for the replica that sweeps. */
  function pass(ms: number): void {
    bed.clock.advance(ms);
    replica.clock.at = new Date((replica.clock.at?.getTime() ?? Date.parse('2026-03-02T14:00:00.000Z')) + ms);
  }

  const read = async (id: string) => (await bed.admin.get(`/deployments/${id}`)).body;

  it('hold their slot until they are stale, and not a moment longer', async () => {
    const stuck = await bed.report({ invoke_id: 'a' });
    pass(120 * minute - 1);
    expect(await bed.report({ version: '2' })).toMatchObject({ status: 409 });
    expect(await read(idOf(stuck))).toMatchObject({ status: 'started' });
    pass(1);
    expect(await read(idOf(stuck))).toMatchObject({ status: 'aborted' });
    expect(await bed.report({ version: '2' })).toMatchObject({ status: 201 });
  });

  it('are aborted by the sweep, which says why', async () => {
    const stuck = await bed.report({ invoke_id: 'a' });
    const [waiting, other] = [
      await bed.report({ version: '2', status: 'pending' }),
      await bed.report({ version: '3', status: 'pending' }),
    ];
    pass(120 * minute);
    await replica.ends.sweepStale();
    expect(await bed.rows('SELECT id, status, end_reason FROM deployments ORDER BY created_at, id')).toEqual([
      { id: idOf(stuck), status: 'aborted', end_reason: 'stale' },
      { id: idOf(waiting), status: 'pending', end_reason: null },
      { id: idOf(other), status: 'pending', end_reason: null },
    ]);
    expect(
      await bed.rows(
        "SELECT deployment_id, status, api_key_id, payload FROM deployment_events WHERE type = 'deployment.stale'",
      ),
    ).toEqual([
      {
        deployment_id: idOf(stuck),
        status: 'aborted',
        api_key_id: null,
        payload: { reason: 'No event for longer than this environment allows' },
      },
    ]);
    expect(await bed.rows("SELECT actor_kind, resource_id FROM audit_log WHERE action = 'deployment.stale'")).toEqual([
      { actor_kind: 'service', resource_id: idOf(stuck) },
    ]);
    pass(166 * hour);
    // Two of one cell: one sweep takes one of them, the next the other.
    await replica.ends.sweepStale();
    await replica.ends.sweepStale();
    expect(await bed.rows('SELECT DISTINCT status, end_reason FROM deployments')).toEqual([
      { status: 'aborted', end_reason: 'stale' },
    ]);
  });

  it('are swept once, however many replicas do it', async () => {
    for (const product of ['a', 'b', 'c']) await bed.report({ product_name: product });
    pass(120 * minute);
    await Promise.all([replica.ends.sweepStale(), replica.ends.sweepStale(), replica.ends.sweepStale()]);
    expect(await bed.rows("SELECT type FROM deployment_events WHERE type = 'deployment.stale'")).toHaveLength(3);
  });

  it('are settled by the client’s own end, before the sweep and after it', async () => {
    for (const sweep of [false, true]) {
      const run = { product_name: `swept ${sweep}`, invoke_id: 'a' };
      const stuck = await bed.report(run);
      pass(120 * minute);
      if (sweep) await replica.ends.sweepStale();
      const next = await bed.report({ ...run, invoke_id: 'b', extra_metadata: { vi_gh_run_attempt: 1 } });
      expect(next.status).toBe(201);
      const ended = await bed.report({ ...run, status: 'completed' });
      expect(ended).toMatchObject({
        status: 200,
        body: { id: idOf(stuck), status: 'completed', preflight_status: 'passed' },
      });
      expect(await read(idOf(next))).toMatchObject({ status: 'started' });
    }
    expect(await bed.rows("SELECT end_reason FROM deployments WHERE status = 'completed'")).toEqual([
      { end_reason: null },
      { end_reason: null },
    ]);
  });

  it('are not brought back by a start, nor by a pending event that comes late', async () => {
    const { body } = await bed.report({ invoke_id: 'a', environment_name: 'quick' });
    const { environment_id: environmentId } = body as { environment_id: string };
    expect((await bed.admin.patch(`/environments/${environmentId}`, { stale_after_minutes: 1 })).status).toBe(200);
    pass(minute);
    const next = await bed.report({ version: '2', environment_name: 'quick' });
    expect(next.status).toBe(201);
    expect((await bed.report({ invoke_id: 'a', environment_name: 'quick', status: 'pending' })).body).toMatchObject({
      id: (body as { id: string }).id,
    });
    expect((await bed.report({ version: '3', environment_name: 'quick' })).body).toMatchObject({
      details: { conflicting_deployment_id: idOf(next) },
    });
    const restarted = await bed.report({
      invoke_id: 'a',
      environment_name: 'quick',
      extra_metadata: { vi_gh_run_attempt: 2 },
    });
    expect(detailsOf(restarted)['conflicting_deployment_id']).toBe(idOf(next));
  });

  it('are open for ever where the environment says so', async () => {
    const { body } = await bed.report();
    const { environment_id: environmentId } = body as { environment_id: string };
    await bed.admin.patch(`/environments/${environmentId}`, { stale_after_minutes: 0 });
    pass(10_000 * hour);
    await replica.ends.sweepStale();
    expect(await bed.report({ version: '2' })).toMatchObject({ status: 409 });
  });

  describe('are ended by hand', () => {
    const unknownId = '550e8400-e29b-41d4-a716-446655440000';
    const abort = (id: string, body: object = { reason: ' The runner was lost ' }) =>
      bed.pipeline.post(`/deployments/${id}/abort`, body);

    it('at once, in somebody’s words', async () => {
      const stuck = await bed.report();
      pass(minute);
      const aborted = await abort(idOf(stuck));
      expect(aborted).toMatchObject({
        status: 200,
        body: {
          ...(stuck.body as object),
          status: 'aborted',
          completed_at: '2026-03-02T14:01:00.000Z',
          updated_at: '2026-03-02T14:01:00.000Z',
        },
      });
      expect(await read(idOf(stuck))).toEqual(aborted.body);
      expect(await bed.report({ version: '2' })).toMatchObject({ status: 201 });
      expect(await bed.rows("SELECT payload FROM deployment_events WHERE type = 'deployment.aborted'")).toEqual([
        { payload: { reason: 'The runner was lost' } },
      ]);
      expect(await bed.rows("SELECT actor_kind, after FROM audit_log WHERE action = 'deployment.aborted'")).toEqual([
        { actor_kind: 'api_key', after: { status: 'aborted', reason: 'The runner was lost' } },
      ]);
    });

    it('once: what has ended is 409, in the simple shape', async () => {
      const ended = await bed.report({ status: 'completed' });
      expect(await abort(idOf(ended))).toMatchObject({
        status: 409,
        body: { detail: 'Deployment has already ended: its status is completed' },
      });
    });

    it('and nothing else', async () => {
      expect(await abort(unknownId)).toMatchObject({ status: 404, body: { detail: 'Not found' } });
      expect(await abort('nonsense')).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['path', 'id'], msg: 'value is not a valid uuid', type: 'type_error.uuid' }] },
      });
      const stuck = await bed.report();
      expect(await abort(idOf(stuck), {})).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body', 'reason'], msg: 'field required', type: 'value_error.missing' }] },
      });
    });

    it('and an end that comes afterwards is another deployment', async () => {
      const stuck = await bed.report({ invoke_id: 'a' });
      await abort(idOf(stuck));
      const ended = await bed.report({ invoke_id: 'a', status: 'completed' });
      expect(ended.status).toBe(201);
      expect(idOf(ended)).not.toBe(idOf(stuck));
    });
  });
});
