import { describe, expect, it } from '@jest/globals';
import type { Reply } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/';
const ascending = (a: number, b: number): number => a - b;

describe('flows that go in a circle are refused', () => {
  const bed = useVersioner();

  const flowOf = (name: string, target: string, required: string[], more: object = {}) => ({
    name,
    type: 'flow',
    config: { required_environments: required, target_environment: target },
    ...more,
  });
  const create = async (rule: object): Promise<Reply> => bed.admin.post(path, rule);
  const circle = (steps: string) => ({
    status: 422,
    body: {
      detail: [
        {
          loc: ['body', 'config'],
          msg: `closes a circle in which nothing could ever start: ${steps}`,
          type: 'value_error.flow.circle',
        },
      ],
    },
  });

  it('on creation, whatever the letter case', async () => {
    await create(flowOf('up', 'Staging', ['Test']));
    await create(flowOf('further up', 'Production', ['Staging'], { status: 'report_only' }));
    const reply = await create(flowOf('back', 'test', ['dev', 'production']));
    expect(reply).toMatchObject(
      circle(
        'Test requires Production (this rule), Production requires Staging (further up), Staging requires Test (up)',
      ),
    );
    expect((await create(flowOf('on', 'canary', ['production']))).status).toBe(201);
  });

  it('by the id of an environment and by its name', async () => {
    const { environment_id: id } = (await bed.report({ environment_name: 'staging' })).body as Record<string, string>;
    await create(flowOf('up', 'production', [id!]));
    expect((await create(flowOf('back', 'STAGING', ['production']))).status).toBe(422);
  });

  it('unless the others are disabled or for other products', async () => {
    const up = await create(flowOf('up', 'b', ['a'], { status: 'disabled' }));
    await create(flowOf('web', 'a', ['b'], { products: ['web'] }));
    expect((await create(flowOf('api', 'b', ['a'], { products: ['api'] }))).status).toBe(201);
    const enabled = await bed.admin.patch(`/deployment-rules/${idOf(up)}`, { status: 'enabled' });
    expect(enabled).toMatchObject(circle('b requires a (this rule), a requires b (web)'));
    expect((await bed.admin.patch(`/deployment-rules/${idOf(up)}`, { description: 'Still off' })).status).toBe(200);
  });

  it('as a change, but not with what they were themselves', async () => {
    const id = idOf(await create(flowOf('up', 'b', ['a'])));
    await create(flowOf('on', 'c', ['b']));
    const turn = async (target: string, required: string): Promise<Reply> =>
      bed.admin.patch(`/deployment-rules/${id}`, { config: flowOf('', target, [required]).config });
    expect((await turn('a', 'b')).status).toBe(200);
    expect(await turn('b', 'c')).toMatchObject(circle('b requires c (this rule), c requires b (on)'));
    expect((await bed.admin.get(`/deployment-rules/${id}`)).body).toMatchObject({ revision: 2 });
  });

  it('of two that close one together, at once', async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [`a${round}`, `b${round}`];
      const replies = await Promise.all([create(flowOf(a, a, [b])), create(flowOf(b, b, [a]))]);
      expect(replies.map(({ status }) => status).toSorted(ascending)).toEqual([201, 422]);
    }
  });
});
