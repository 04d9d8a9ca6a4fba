import { beforeEach, describe, expect, it } from '@jest/globals';

import { type DeploymentAnswer, Reader } from './support/reader.js';
import { useVersioner } from './support/use-versioner.js';

const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

describe('versions and builds', () => {
  const bed = useVersioner();
  let reader: Reader;

  beforeEach(() => {
    reader = new Reader(bed.versioner);
  });

  async function build(event: Record<string, unknown>): Promise<{ id: string; version_id: string }> {
    bed.versioner.clock.advance(1000);
    const reply = await reader.post('/build-events/', { product_name: 'web', status: 'completed', ...event });
    expect(reply.status).toBe(201);
    return reply.body as { id: string; version_id: string };
  }

  it('are shown with their builds and where they are deployed', async () => {
    const built = await build({ version: '1.0', scm_sha: whole, scm_branch: 'main', scm_repository: 'acme/web' });
    const deployed = await reader.deployed({ product_name: 'web', version: '1.0', environment_name: 'staging' });
    await reader.deployed({ product_name: 'web', version: '1.0', environment_name: 'production' });
    await reader.deployed({ product_name: 'web', version: '2.0', environment_name: 'production' });
    const version = {
      id: built.version_id,
      product_id: deployed.product_id,
      product_name: 'web',
      version: '1.0',
      scm_sha: whole,
      scm_branch: 'main',
      scm_repository: 'acme/web',
      created_at: '2026-03-02T14:00:01.000Z',
      updated_at: expect.stringMatching(/Z$/),
    };
    expect(await reader.read('/versions/?version=1.0')).toEqual([version]);
    expect(await reader.read(`/versions/${built.version_id}`)).toEqual({
      ...version,
      builds: [await reader.read(`/builds/${built.id}`)],
      approvals: [],
      deployed_in: [
        {
          environment_id: deployed.environment_id,
          environment_name: 'staging',
          deployment_id: deployed.id,
          deployed_at: '2026-03-02T14:00:02.000Z',
        },
      ],
    });
  });

  it('are filtered', async () => {
    await build({ version: '1.0', scm_sha: whole });
    await build({ version: '2.0', status: 'failed' });
    await build({ version: '1.0', product_name: 'api', status: 'building', scm_sha: 'ABCDEF0123' });
    await reader.deployed({ product_name: 'web', version: '1.0', environment_name: 'production' });
    await reader.deployed({ product_name: 'web', version: '2.0', environment_name: 'production' });
    await reader.deployed({ product_name: 'web', version: '1.0', environment_name: 'staging' });

    const found = async (path: string): Promise<string[]> =>
      (await reader.read<DeploymentAnswer[]>(path)).map(({ product_name, version }) => `${product_name} ${version}`);
    expect(await found('/versions/')).toEqual(['api 1.0', 'web 2.0', 'web 1.0']);
    expect(await found('/versions/?product=WEB')).toEqual(['web 2.0', 'web 1.0']);
    expect(await found('/versions/?product=web&product=api&version=1.0')).toEqual(['api 1.0', 'web 1.0']);
    expect(await found('/versions/?version=1')).toEqual([]);
    expect(await found('/versions/?scm_sha=9FCEB02')).toEqual(['web 1.0']);
    expect(await found(`/versions/?scm_sha=abcdef0123456789&scm_sha=${whole}`)).toEqual(['api 1.0', 'web 1.0']);
    expect(await found('/versions/?scm_sha=9fceb0')).toEqual([]);
    expect(await found('/versions/?environment=Production')).toEqual(['web 2.0']);
    expect(await found('/versions/?environment=production&environment=staging')).toEqual(['web 2.0', 'web 1.0']);
    expect(await found('/versions/?environment=staging&product=api')).toEqual([]);
    expect(await found('/versions/?environment=staging&version=1.0&scm_sha=9fceb02&product=web')).toEqual(['web 1.0']);
    expect(await found('/versions/?environment=nowhere')).toEqual([]);
    expect(await found('/versions/?from=2026-03-02T14:00:02Z')).toEqual(['api 1.0', 'web 2.0']);
    expect(await found('/versions/?to=2026-03-02T14:00:02Z')).toEqual(['web 2.0', 'web 1.0']);

    expect(await found('/builds/')).toEqual(['api 1.0', 'web 2.0', 'web 1.0']);
    expect(await found('/builds/?product=web')).toEqual(['web 2.0', 'web 1.0']);
    expect(await found('/builds/?version=1.0')).toEqual(['api 1.0', 'web 1.0']);
    expect(await found('/builds/?version=1.0&product=web&status=built')).toEqual(['web 1.0']);
    expect(await found('/builds/?status=FAILURE&status=in_progress')).toEqual(['api 1.0', 'web 2.0']);
    expect(await found('/builds/?status=aborted')).toEqual([]);
    expect(await found('/builds/?from=2026-03-02T14:00:02Z&to=2026-03-02T14:00:02.999Z')).toEqual(['web 2.0']);
  });
});
