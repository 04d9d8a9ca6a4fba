import { beforeEach, describe, expect, it } from '@jest/globals';
import { type DeploymentAnswer, Reader, unknownId } from './support/reader.js';
import { renameProduct } from './support/rename-product.js';
import { useVersioner } from './support/use-versioner.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

describe('deployments', () => {
  const bed = useVersioner();
  let reader: Reader;

  beforeEach(() => {
    reader = new Reader(bed.versioner);
  });

  it('are answered as the event was', async () => {
    const deployment = await reader.deployed({
      product_name: 'web',
      version: '1.0',
      status: 'deploying',
      scm_sha: whole,
      invoke_id: '4711',
      deployed_by: 'octocat',
      extra_metadata: { vi_gh_workflow: 'deploy' },
    });
    expect(await reader.read(`/deployments/${deployment.id}`)).toEqual(deployment);
    expect(await reader.read('/deployments/')).toEqual([deployment]);
  });

  it('soak until they are replaced', async () => {
    const first = await reader.deployed({ product_name: 'web', version: '1.0' });
    bed.versioner.clock.advance(90 * 60_000);
    expect(await reader.read(`/deployments/${first.id}`)).toMatchObject({ status: 'completed', soak_time_hours: 1.5 });
    const second = await reader.deployed({ product_name: 'web', version: '2.0' });
    bed.versioner.clock.advance(60 * 60_000);
    expect(await reader.read(`/deployments/${first.id}`)).toMatchObject({ soak_time_hours: 1.5 });
    expect(await reader.read('/deployments/')).toMatchObject([
      { id: second.id, soak_time_hours: 1 },
      { id: first.id, soak_time_hours: 1.5 },
    ]);
  });

  it('are filtered', async () => {
    await reader.deployed({
      product_name: 'web',
      version: '1.0',
      environment_name: 'dev',
      scm_sha: whole,
      deployed_by: 'ann',
    });
    await reader.deployed({ product_name: 'web', version: '1.0', environment_name: 'production', deployed_by: 'bob' });
    await reader.deployed({ product_name: 'api', version: '1.0', environment_name: 'production', status: 'failed' });
    await reader.deployed({
      product_name: 'web',
      version: '2.0',
      environment_name: 'dev',
      status: 'pending',
      scm_sha: 'ABCDEF0',
    });
    const last = await reader.deployed({
      product_name: 'api',
      version: '2.0',
      environment_name: 'stage',
      status: 'started',
    });
    await renameProduct(bed.admin, last.product_id, 'gateway');

    const found = async (query: string): Promise<string[]> =>
      (await reader.read<DeploymentAnswer[]>(`/deployments/${query}`)).map(
        (row) => `${row.product_name} ${row.version} ${row.environment_name}`,
      );
    const [d1, d2, d3, d4, d5] = [
      'web 1.0 dev',
      'web 1.0 production',
      'gateway 1.0 production',
      'web 2.0 dev',
      'gateway 2.0 stage',
    ];
    const rows: [string, (string | undefined)[]][] = [
      ['', [d5, d4, d3, d2, d1]],
      ['?product=Web', [d4, d2, d1]],
      ['?product=api', [d5, d3]],
      [`?product=${last.product_id}`, [d5, d3]],
      ['?product=gateway&product=api&product=web', [d5, d4, d3, d2, d1]],
      ['?product=nothing', []],
      [`?product=${unknownId}`, []],
      ['?environment=DEV', [d4, d1]],
      [`?environment=${last.environment_id}&environment=production`, [d5, d3, d2]],
      ['?environment=nowhere', []],
      ['?environment_type=staging', [d5]],
      ['?environment_type=dev&environment_type=production', [d4, d3, d2, d1]],
      ['?environment_type=dev&environment=production', []],
      ['?version=1.0', [d3, d2, d1]],
      ['?version=1.0&version=2.0&product=web', [d4, d2, d1]],
      ['?version=1', []],
      ['?status=completed', [d2, d1]],
      ['?status=SUCCESS&status=Error', [d3, d2, d1]],
      ['?status=queued', [d4]],
      ['?status=in_progress', [d5]],
      ['?status=canceled', []],
      ['?active=true', [d5, d4]],
      ['?active=true&status=started', [d5]],
      ['?active=true&status=failed', []],
      ['?active=false', [d3, d2, d1]],
      ['?active=true&environment=dev', [d4]],
      ['?deployed_by=ann', [d1]],
      ['?deployed_by=ann&deployed_by=bob&environment=production', [d2]],
      ['?deployed_by=Ann', []],
      [`?scm_sha=${whole.toUpperCase()}`, [d1]],
      ['?scm_sha=9fceb02', [d1]],
      ['?scm_sha=9fceb0', []],
      ['?scm_sha=abcdef0123456789&scm_sha=9fceb02d&active=true', [d4]],
      ['?scm_sha=9fceb02&product=api', []],
      ['?scm_sha=9fceb02&product=web&version=1.0&environment=dev&deployed_by=ann&status=completed', [d1]],
      ['?from=2026-03-02T14:00:04Z', [d5, d4]],
      ['?to=2026-03-02T15:00:02%2B01:00', [d2, d1]],
      ['?from=2026-03-02T14:00:02Z&to=2026-03-02T14:00:04Z&product=web', [d4, d2]],
    ];
    for (const [query, expected] of rows) expect([query, await found(query)]).toEqual([query, expected]);
  });

  it('refuse filters that nobody knows', async () => {
    const reply = await reader.get('/deployments/?produkt=web&status=done&limit=0&from=yesterday&active=maybe');
    expect([reply.status, reply.body]).toEqual([
      422,
      {
        detail: [
          {
            loc: ['query', 'limit'],
            msg: 'ensure this value is greater than or equal to 1',
            type: 'value_error.number.not_ge',
          },
          { loc: ['query', 'from'], msg: 'invalid datetime format', type: 'value_error.datetime' },
          {
            loc: ['query', 'status', 0],
            msg: "value is not a valid enumeration member; permitted: 'pending', 'started', 'completed', 'failed', 'aborted'",
            type: 'type_error.enum',
          },
          { loc: ['query', 'active'], msg: 'value could not be parsed to a boolean', type: 'type_error.bool' },
          { loc: ['query', 'produkt'], msg: 'extra fields not permitted', type: 'value_error.extra' },
        ],
      },
    ]);
  });

  it('count as aborted the moment they are stale', async () => {
    const started = await reader.deployed({ product_name: 'web', version: '1.0', status: 'started' });
    const pending = await reader.deployed({ product_name: 'web', version: '2.0', status: 'pending' });
    const ids = async (query: string): Promise<string[]> =>
      (await reader.read<DeploymentAnswer[]>(`/deployments/${query}`)).map(({ id }) => id);
    const shown = async (): Promise<string[][]> => [
      await ids('?active=true'),
      await ids('?status=started'),
      await ids('?status=aborted'),
      await ids('?product=web&status=aborted'),
      await ids('?product=web&active=true'),
    ];

    bed.versioner.clock.set('2026-03-02T16:00:00.999Z');
    expect(await shown()).toEqual([[pending.id, started.id], [started.id], [], [], [pending.id, started.id]]);
    bed.versioner.clock.set('2026-03-02T16:00:01.000Z');
    expect(await shown()).toEqual([[pending.id], [], [started.id], [started.id], [pending.id]]);
    expect(await reader.read(`/deployments/${started.id}`)).toMatchObject({ status: 'aborted' });
    bed.versioner.clock.set('2026-03-09T14:00:02.000Z');
    expect(await shown()).toEqual([[], [], [pending.id, started.id], [pending.id, started.id], []]);
    await reader.patch(`/environments/${started.environment_id}`, { pending_stale_after_hours: 0 });
    expect(await ids('?active=true')).toEqual([pending.id]);
  });

  it('have events, newest first', async () => {
    const { id } = await reader.deployed({ product_name: 'web', version: '1.0', status: 'init', invoke_id: '7' });
    bed.versioner.clock.advance(60_000);
    await reader.deploy({ product_name: 'web', version: '1.0', status: 'success', invoke_id: '7', build_number: '' });
    const other = await reader.deployed({ product_name: 'web', version: '1.0', status: 'started', invoke_id: '8' });
    const body = { product_name: 'web', version: '1.0', environment_name: 'production', invoke_id: '7' };
    const event = {
      id: expect.stringMatching(uuid),
      deployment_id: id,
      invoke_id: '7',
      api_key_id: null,
      personal_access_token_id: expect.stringMatching(uuid),
    };
    expect(await reader.read(`/deployments/${id}/events`)).toEqual([
      {
        ...event,
        type: 'deployment.completed',
        status: 'completed',
        received_at: '2026-03-02T14:01:01.000Z',
        payload: { ...body, status: 'success', build_number: '' },
      },
      {
        ...event,
        type: 'deployment.started',
        status: 'started',
        received_at: '2026-03-02T14:00:01.000Z',
        payload: { ...body, status: 'init' },
      },
    ]);
    expect(await reader.read(`/deployments/${other.id}/events/`)).toMatchObject([
      { status: 'started', invoke_id: '8' },
    ]);
    expect(await reader.list(`/deployments/${id}/events?limit=1`)).toHaveLength(2);
    expect((await reader.get(`/deployments/${unknownId}/events`)).status).toBe(404);
  });
});
