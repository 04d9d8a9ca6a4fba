import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

interface Deployment {
  id: string;
  product_id: string;
  version_id: string;
  environment_id: string;
}

interface Cell {
  environment_name: string;
  version: string | null;
  in_progress: { version: string }[];
}

interface Row {
  product_name: string;
  drift: boolean;
  cells: Cell[];
}

describe('environment states', () => {
  const bed = useVersioner();
  let client: Pipeline;

  beforeEach(async () => {
    client = bed.admin;
  }, 60_000);

  /** `web 1.0 production completed`, an hour after the one before. */
  async function deploy(text: string, more: Record<string, unknown> = {}): Promise<Deployment> {
    const [product_name = '', version = '', environment_name = '', status = 'completed'] = text.split(' ');
    bed.versioner.clock.advance(3_600_000);
    const reply = await client.deploy({ product_name, version, environment_name, status, ...more });
    if (reply.status > 201) throw new Error(JSON.stringify(reply.body));
    return reply.body as Deployment;
  }

  async function read<Body>(path: string): Promise<Body> {
    const reply = await client.get(path);
    expect([path, reply.status]).toEqual([path, 200]);
    return reply.body as Body;
  }

  /** The matrix in short: `web! staging=2.0 production=1.0+2.0`, where `!` is drift and `+` what is in progress. */
  async function matrix(query = ''): Promise<string[]> {
    return (await read<Row[]>(`/environment-states/${query}`)).map(({ product_name, drift, cells }) =>
      [
        `${product_name}${drift ? '!' : ''}`,
        ...cells.map(
          ({ environment_name, version, in_progress }) =>
            `${environment_name}=${[version ?? '', ...in_progress.map((open) => open.version)].join('+')}`,
        ),
      ].join(' '),
    );
  }

  it('show a cell with all that is known of it', async () => {
    const deployed = await deploy('web 1.0 production', { deployed_by: 'octocat' });
    const started = await deploy('web 2.0 production started', { deployed_by: 'hubot' });
    bed.versioner.clock.advance(1_800_000);
    expect(await read('/environment-states/')).toEqual([
      {
        product_id: deployed.product_id,
        product_name: 'web',
        drift: false,
        cells: [
          {
            environment_id: deployed.environment_id,
            environment_name: 'production',
            environment_type: 'production',
            position: expect.any(Number),
            version_id: deployed.version_id,
            version: '1.0',
            deployment_id: deployed.id,
            deployed_at: '2026-03-02T15:00:00.000Z',
            deployed_by: 'octocat',
            soak_time_hours: 1.5,
            in_progress: [
              {
                deployment_id: started.id,
                version: '2.0',
                started_at: '2026-03-02T16:00:00.000Z',
                deployed_by: 'hubot',
              },
            ],
          },
        ],
      },
    ]);
  });

  it('come by product name, their cells by position', async () => {
    await deploy('web 1.0 production');
    await deploy('API 1.0 production');
    const { environment_id } = await deploy('web 1.0 dev');
    await deploy('web 1.0 staging');
    await client.patch(`/environments/${environment_id}`, { position: 1_000_000 });
    const [api, web] = await matrix();
    expect(api).toBe('API production=1.0');
    expect(web).toMatch(/ dev=1\.0$/);
    expect(await client.list<Row>('/environment-states/?limit=1')).toMatchObject([
      { product_name: 'API' },
      { product_name: 'web' },
    ]);
  });

  it('drift where the filled cells shown differ', async () => {
    await deploy('web 1.0 production');
    await deploy('web 1.0 staging');
    await deploy('web 2.0 dev started');
    expect(await matrix()).toEqual([expect.stringMatching(/^web .*dev=\+2\.0/)]);
    await deploy('web 2.0 dev completed');
    expect(await matrix()).toEqual([expect.stringMatching(/^web! /)]);
    expect(await matrix('?environment=staging&environment=production')).toEqual([expect.stringMatching(/^web /)]);
    expect(await matrix('?environment_type=dev&environment_type=production')).toEqual([
      expect.stringMatching(/^web! /),
    ]);
    expect(await matrix('?environment=dev&product=WEB')).toEqual(['web dev=2.0']);
    expect(await matrix('?environment=nowhere')).toEqual([]);
    expect(await matrix('?product=nothing')).toEqual([]);
  });

  it('keep what is deployed through failures, and follow the latest effective completion', async () => {
    await deploy('web 1.0 production');
    await deploy('web 2.0 production failed');
    await deploy('web 3.0 production pending');
    expect(await matrix()).toEqual(['web production=1.0']);
    await deploy('web 0.9 production', { completed_at: '2026-03-01T09:00:00Z' });
    expect(await matrix()).toEqual(['web production=1.0']);
    expect(await matrix('?at=2026-03-01T12:00:00Z')).toEqual(['web production=0.9']);
  });

  it('do not show as in progress what is stale', async () => {
    await deploy('web 1.0 production started');
    bed.versioner.clock.advance(7_199_999);
    expect(await matrix()).toEqual(['web production=+1.0']);
    bed.versioner.clock.advance(1);
    expect(await matrix()).toEqual(['web production=']);
  });

  it('stand as they stood at any moment', async () => {
    await deploy('web 1.0 production');
    await deploy('api 1.0 staging');
    await deploy('web 2.0 production');
    await deploy('web 3.0 production started');
    const rows: [string, string[]][] = [
      ['2026-03-02T14:59:59.999Z', []],
      ['2026-03-02T15:00:00.000Z', ['web production=1.0']],
      ['2026-03-02T16:59:59.999Z', ['api staging=1.0', 'web production=1.0']],
      ['2026-03-02T17:00:00.000Z', ['api staging=1.0', 'web production=2.0']],
      ['2026-03-02T18:00:00.000Z', ['api staging=1.0', 'web production=2.0+3.0']],
      ['2030-01-01T00:00:00.000Z', ['api staging=1.0', 'web production=2.0+3.0']],
    ];
    for (const [at, expected] of rows) expect([at, await matrix(`?at=${at}`)]).toEqual([at, expected]);
    expect(await read('/environment-states/?product=web&at=2026-03-02T16:30:00Z')).toMatchObject([
      { cells: [{ version: '1.0', deployed_at: '2026-03-02T15:00:00.000Z', soak_time_hours: 1.5 }] },
    ]);
    expect(await matrix('?at=2026-03-02T16:30:00Z&environment=staging')).toEqual(['api staging=1.0']);
  });

  it('have a history', async () => {
    const first = await deploy('web 1.0 production', { deployed_by: 'octocat' });
    const second = await deploy('web 2.0 production');
    await deploy('web 3.0 production failed');
    await deploy('web 3.0 staging');
    const between = await deploy('web 1.5 production', { completed_at: '2026-03-02T15:30:00Z' });
    const history = [
      {
        deployment_id: second.id,
        version_id: second.version_id,
        version: '2.0',
        deployed_at: '2026-03-02T16:00:00.000Z',
        replaced_at: null,
        deployed_by: null,
        soak_time_hours: 3,
      },
      {
        deployment_id: between.id,
        version_id: between.version_id,
        version: '1.5',
        deployed_at: '2026-03-02T15:30:00.000Z',
        replaced_at: '2026-03-02T16:00:00.000Z',
        deployed_by: null,
        soak_time_hours: 0.5,
      },
      {
        deployment_id: first.id,
        version_id: first.version_id,
        version: '1.0',
        deployed_at: '2026-03-02T15:00:00.000Z',
        replaced_at: '2026-03-02T15:30:00.000Z',
        deployed_by: 'octocat',
        soak_time_hours: 0.5,
      },
    ];
    const path = '/environment-states/history?product=WEB&environment=production';
    expect(await read(path)).toEqual(history);
    expect(await client.list(`${path}&limit=1`)).toEqual(history);
    expect(await read(`/environment-states/history?product=${first.product_id}&environment=nowhere`)).toEqual([]);
    expect(await client.get('/environment-states/history')).toMatchObject({
      status: 422,
      body: {
        detail: [
          { loc: ['query', 'product'], msg: 'field required', type: 'value_error.missing' },
          { loc: ['query', 'environment'], msg: 'field required', type: 'value_error.missing' },
        ],
      },
    });
  });
});
