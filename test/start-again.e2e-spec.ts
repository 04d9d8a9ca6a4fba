import { describe, expect, it } from '@jest/globals';
import { Pipeline, type Reply } from './support/pipeline.js';
import { idOf, minute, useVersioner } from './support/use-versioner.js';

const closed = { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] };

describe('a start that is sent again after its end', () => {
  const bed = useVersioner();

  async function freeze(): Promise<void> {
    const rule = { name: 'freeze', type: 'schedule', config: closed };
    expect((await bed.admin.post('/deployment-rules/', rule)).status).toBe(201);
  }

  /** The other end of a pipeline that starts with one key and ends with another. */
  async function otherKey(): Promise<Pipeline> {
    const { body } = await bed.admin.post('/api-keys/', { name: 'other', scopes: ['events:write'] });
    return new Pipeline(bed.versioner.url, (body as { key: string }).key);
  }

  const shown = ({ status, body }: Reply) => [status, (body as { code?: string }).code];

  it.each(['completed', 'failed', 'aborted'])('is asked about anew: %s', async (status) => {
    await bed.report();
    await bed.report({ status });
    await freeze();
    expect(shown(await bed.report())).toEqual([423, 'NO_DEPLOY_WINDOW']);
  });

  it('opens a deployment of its own where it may go', async () => {
    const first = await bed.report();
    await bed.report({ status: 'failed' });
    const again = await bed.report();
    expect([again.status, idOf(again) === idOf(first)]).toEqual([201, false]);
    const repeat = await bed.report();
    expect([repeat.status, idOf(repeat)]).toEqual([200, idOf(again)]);
  });

  it('does not pass by the one that is in progress by now', async () => {
    await bed.report({ invoke_id: 'a' });
    await bed.report({ invoke_id: 'a', status: 'failed' });
    const other = await otherKey();
    const start = { product_name: 'my-service', version: '1.2.3', invoke_id: 'b' };
    expect((await other.deploy(start)).status).toBe(201);
    expect(shown(await bed.report({ invoke_id: 'a' }))).toEqual([409, 'CONCURRENT_DEPLOYMENT']);
  });

  it('is asked about anew where somebody aborted it', async () => {
    const first = await bed.report();
    await bed.admin.post(`/deployments/${idOf(first)}/abort`, { reason: 'hangs' });
    await freeze();
    expect(shown(await bed.report())).toEqual([423, 'NO_DEPLOY_WINDOW']);
  });

  it('is a repeat where another key has reported the end: its client may still wait for its answer', async () => {
    const first = await bed.report();
    const other = await otherKey();
    await other.deploy({ product_name: 'my-service', version: '1.2.3', status: 'completed' });
    bed.clock.advance(9 * minute);
    const again = await bed.report();
    expect([again.status, idOf(again)]).toEqual([200, idOf(first)]);
  });
});
