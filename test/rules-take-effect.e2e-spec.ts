import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '../src/auth/actor.js';
import { Caches } from '../src/common/caches.js';
import { AttemptFacts } from '../src/deployments/attempt-facts.js';
import { PolicyRules } from '../src/preflight/policy-rules.js';
import { startVersioner } from '../src/testing/start-versioner.js';
import { EventPath, pipelineActor } from './support/event-path.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { renameProduct } from './support/rename-product.js';
import { sampleEvent } from './support/sample-deployments.js';
import { detailsOf, idOf, useVersioner } from './support/use-versioner.js';

const closed = { mode: 'deny', recurrence: 'daily', windows: [{ start_time: '00:00', end_time: '24:00' }] };
const freeze = { name: 'freeze', type: 'schedule', config: closed };

describe('rules', () => {
  const bed = useVersioner();
  async function create(rule: object): Promise<string> {
    const reply = await bed.admin.post('/deployment-rules/', rule);
    expect([reply.status, reply.body]).toEqual([201, expect.anything()]);
    return idOf(reply);
  }

  /** What a start of a version of its own is told, each on a product of its own unless one is given. */
  let count = 0;
  async function start(event: Record<string, unknown> = {}, on: Pipeline = bed.pipeline): Promise<Reply> {
    return on.deploy({ product_name: `product-${++count}`, version: '1', ...event });
  }

  it('are in force on every replica from the answer to their change on', async () => {
    const other = await startVersioner({ join: bed.versioner });
    const otherPipeline = new Pipeline(other.url, bed.versioner.apiKey);
    const id = await create({ ...freeze, status: 'disabled' });
    for (let round = 0; round < 20; round++) {
      await bed.admin.patch(`/deployment-rules/${id}`, { status: 'enabled' });
      expect((await start({}, otherPipeline)).status).toBe(423);
      await bed.admin.patch(`/deployment-rules/${id}`, { status: 'disabled' });
      expect((await start({}, otherPipeline)).status).toBe(201);
    }
    await bed.admin.delete(`/deployment-rules/${id}`);
    expect((await start({}, otherPipeline)).status).toBe(201);
    await other.stop();
  });

  it.each([
    // scope; where it holds, where it does not
    [{}, {}, null],
    [{ products: ['shop'] }, { product_name: 'SHOP' }, { product_name: 'other' }],
    [{ environments: ['Production'] }, { environment_name: 'production' }, { environment_name: 'staging' }],
    [{ environment_types: ['production'] }, { environment_name: 'prod-eu' }, { environment_name: 'preprod' }],
    [
      { products: ['a', 'b'], environment_types: ['staging', 'test'] },
      { product_name: 'b', environment_name: 'qa' },
      { product_name: 'b', environment_name: 'prod' },
    ],
    [
      { products: ['shop'], environments: ['qa'] },
      { product_name: 'shop', environment_name: 'qa' },
      { product_name: 'shop' },
    ],
  ])(
    'apply where every list that is not empty matches, to names that do not exist yet: %o',
    async (scope, inside, outside) => {
      await create({ ...freeze, ...scope });
      expect((await start(inside)).status).toBe(423);
      if (outside !== null) expect((await start(outside)).status).toBe(201);
    },
  );

  it('name things by id as well', async () => {
    const { product_id, environment_id } = (await start({ product_name: 'shop' })).body as Record<string, string>;
    await create({ ...freeze, products: [product_id], environments: [environment_id!.toUpperCase()] });
    expect((await start({ product_name: 'Shop', version: '2' })).status).toBe(423);
    expect((await start({ product_name: 'shop', environment_name: 'staging' })).status).toBe(201);
  });

  it('still hold what was renamed, by every name that it has', async () => {
    const { product_id } = (await start({ product_name: 'shop', status: 'completed' })).body as Record<string, string>;
    await create({ ...freeze, products: ['shop'] });
    expect((await start({ product_name: 'shop', version: '2' })).status).toBe(423);
    await renameProduct(bed.admin, product_id!, 'store');
    expect((await start({ product_name: 'store', version: '3' })).status).toBe(423);
    expect((await start({ product_name: 'shop', version: '4' })).status).toBe(423);
  });

  it('follow the type of an environment', async () => {
    await create({ ...freeze, environment_types: ['production'] });
    const { environment_id } = (await start({ environment_name: 'blue' })).body as Record<string, string>;
    await bed.admin.patch(`/environments/${environment_id}`, { type: 'production' });
    expect((await start({ environment_name: 'blue' })).status).toBe(423);
    expect((await start({ environment_name: 'Blue' })).status).toBe(423);
    await bed.admin.patch(`/environments/${environment_id}`, { type: 'test' });
    expect((await start({ environment_name: 'blue' })).status).toBe(201);
  });

  it('replace what is built in, and only where they apply', async () => {
    await create({
      name: 'two at once',
      type: 'concurrency',
      products: ['shop'],
      config: { max_concurrent: 2, per: 'product_environment' },
    });
    const shop = async (version: string) => start({ product_name: 'shop', version, invoke_id: version });
    expect([(await shop('1')).status, (await shop('2')).status]).toEqual([201, 201]);
    const third = await shop('3');
    expect([third.status, detailsOf(third)['rule_name']]).toEqual([409, 'two at once']);
    await start({ product_name: 'other', version: '1' });
    const second = await start({ product_name: 'other', version: '2' });
    expect([second.status, detailsOf(second)['rule_name']]).toEqual([409, 'Concurrency (built in)']);
  });

  it('that can no longer be read block with 503, and what has happened is recorded all the same', async () => {
    await create(freeze);
    await bed.database.query(
      `WITH rule AS (UPDATE deployment_rules SET config = '{"mode": "deny", "timezone": "Mars/Olympus"}' RETURNING account_id)
       UPDATE accounts SET policy_revision = policy_revision + 1, rules_revision = rules_revision + 1`,
    );
    const refused = await start({ product_name: 'shop' });
    expect([refused.status, refused.body]).toEqual([503, { detail: 'Service temporarily unavailable' }]);
    const ended = await start({ product_name: 'shop', status: 'completed' });
    expect([ended.status, ended.body]).toEqual([
      201,
      expect.objectContaining({
        preflight_status: 'skipped',
        extra_metadata: {
          preflight_status: expect.objectContaining({
            warnings: [expect.stringMatching(/^The pre-flight checks could not be evaluated: .*freeze/)],
          }),
        },
      }),
    ]);
  });
});

describe('what rules cost', () => {
  const bed = useVersioner();
  let path: EventPath;
  let attempts: AttemptFacts;
  let actor: Actor;

  beforeEach(async () => {
    const [key] = await bed.rows('SELECT account_id, id FROM api_keys');
    actor = pipelineActor(key!['account_id'] as string, key!['id'] as string);
    path = EventPath.on(bed.versioner.databaseUrl);
    attempts = new AttemptFacts(path.repository, new PolicyRules(new Caches()));
  });

  afterEach(async () => {
    await path.close();
  });

  async function readsOf(event: Parameters<typeof sampleEvent>[0] = {}): Promise<[number, string[]]> {
    const { cases, reads } = await attempts.read(actor.accountId, [{ event: sampleEvent(event), actor }]);
    return [reads, cases[0]!.rules.map(({ name }) => name)];
  }

  it('is no round trip where nothing has changed, one where they have, and one more for rules that ask for more', async () => {
    const builtIn = 'Concurrency (built in)';
    await bed.report();
    expect(await readsOf({ invokeId: 'run' })).toEqual([1, [builtIn]]);
    await bed.admin.post('/deployment-rules/', freeze);
    expect(await readsOf({ invokeId: 'run' })).toEqual([2, [builtIn, 'freeze']]);
    await bed.admin.post('/deployment-rules/', { name: 'pause', type: 'cooldown', config: { minutes: 5 } });
    expect(await readsOf({ invokeId: 'run' })).toEqual([3, [builtIn, 'freeze', 'pause']]);
    expect(await readsOf({ invokeId: 'run' })).toEqual([1, [builtIn, 'freeze', 'pause']]);
    // An end is asked about only if its start was not seen; a pending event never.
    expect((await readsOf({ status: 'completed', version: '9' }))[0]).toBe(2);
    expect((await readsOf({ status: 'pending' }))[0]).toBe(1);
    expect((await readsOf({ status: 'completed' }))[0]).toBe(1);
  });
});
