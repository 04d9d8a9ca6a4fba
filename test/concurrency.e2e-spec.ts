import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { busiest } from './support/busiest.js';
import { EmptyDatabase } from './support/empty-database.js';
import { full } from './support/full.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';
import { detailsOf, idOf } from './support/use-versioner.js';

const apiKey = `sk_default_races_${'0123456789abcdef'.repeat(2)}`;
const rounds = Array.from({ length: full(20, 3) }, (_, round) => `race-${round}`);

describe('two service processes on one database', () => {
  let emptyDatabase: EmptyDatabase;
  let services: ServiceProcess[];
  let pipelines: Pipeline[];
  let database: pg.Client;

  beforeAll(async () => {
    emptyDatabase = await EmptyDatabase.create();
    const env = {
      DATABASE_URL: emptyDatabase.url,
      VERSIONER_API_KEY: apiKey,
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
    };
    // Together, on an empty database: one of them makes the account and its key.
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    pipelines = services.map(({ url }) => new Pipeline(url, apiKey));
    database = new pg.Client({ connectionString: emptyDatabase.url });
    await database.connect();
  }, 60_000);

  afterAll(async () => {
    await database?.end();
    await Promise.all((services ?? []).map((service) => service.stop()));
    await emptyDatabase?.drop();
  }, 60_000);

  /** Fifty events at once, in turn to the one and to the other. */
  async function fiftyAtOnce(event: (i: number) => { product_name: string; version: string }): Promise<Reply[]> {
    return Promise.all(Array.from({ length: 50 }, (_, i) => pipelines[i % 2]!.deploy(event(i))));
  }

  const withStatus = (replies: readonly Reply[], status: number) => replies.filter((reply) => reply.status === status);

  async function countOf(sql: string, ...values: unknown[]): Promise<number> {
    return (await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`, values)).rows[0]!
      .count;
  }

  it.each(rounds)(
    '50 starts of 50 versions: one 201, and 49 times 409 that names the winner: %s',
    async (product) => {
      const replies = await fiftyAtOnce((i) => ({ product_name: product, version: `1.${i}` }));
      const [winner, ...more] = withStatus(replies, 201);
      const refused = withStatus(replies, 409);
      expect([more.length, refused.length]).toEqual([0, 49]);
      expect(new Set(refused.map((reply) => detailsOf(reply)['conflicting_deployment_id']))).toEqual(
        new Set([idOf(winner!)]),
      );
      // Every refusal is on disk, and nothing that was refused is in progress.
      const ofProduct = 'WHERE product_id = (SELECT id FROM products WHERE name = $1)';
      expect(await countOf(`preflight_checks ${ofProduct} AND outcome = 'blocked'`, product)).toBe(49);
      expect(await countOf(`deployments ${ofProduct}`, product)).toBe(1);
    },
    60_000,
  );

  it.each(rounds)(
    '50 identical starts: one 201, 49 times 200, one id: %s',
    async (product) => {
      const replies = await fiftyAtOnce(() => ({ product_name: `same-${product}`, version: '1', invoke_id: 'run' }));
      expect([withStatus(replies, 201).length, withStatus(replies, 200).length]).toEqual([1, 49]);
      expect(new Set(replies.map(idOf)).size).toBe(1);
      expect(await countOf('deployment_events WHERE deployment_id = $1', idOf(replies[0]!))).toBe(1);
    },
    60_000,
  );

  it.each(rounds)(
    '50 first events for a new product, in new environments: one product: %s',
    async (product) => {
      const replies = await fiftyAtOnce((i) => ({
        // One name in two spellings, one version of each two, one environment of each five.
        product_name: i % 3 === 0 ? `New-${product}` : `new-${product}`,
        version: `1.${i % 25}`,
        environment_name: `${product}-${i % 10}`,
        invoke_id: `${i}`,
        status: 'completed',
      }));
      expect(withStatus(replies, 201)).toHaveLength(50);
      expect(new Set(replies.map(({ body }) => (body as { product_id: string }).product_id)).size).toBe(1);
      expect(await countOf('products WHERE lower(name) = $1', `new-${product}`)).toBe(1);
      expect(await countOf('environments WHERE name LIKE $1', `${product}-%`)).toBe(10);
      expect(
        await countOf('versions WHERE product_id = $1', (replies[0]!.body as { product_id: string }).product_id),
      ).toBe(25);
    },
    60_000,
  );

  it('starts and ends from everywhere: never two in progress', async () => {
    const worker = async (_: unknown, i: number): Promise<void> => {
      for (let turn = 0; turn < full(100, 8); turn++) {
        const event = { product_name: 'busy', version: `${i}.${turn}`, invoke_id: `${i}.${turn}` };
        const started = await pipelines[(i + turn) % 2]!.deploy(event);
        expect([201, 409]).toContain(started.status);
        if (started.status === 409) continue;
        const ended = await pipelines[turn % 2]!.deploy({ ...event, status: i % 2 === 0 ? 'completed' : 'failed' });
        expect([ended.status, idOf(ended)]).toEqual([200, idOf(started)]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(await busiest(database, 'production', 'busy')).toBe(1);
  }, 600_000);
});
