import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { newSecret } from '../../src/auth/secrets.js';
import { busiest } from '../support/busiest.js';
import { eventually } from '../support/eventually.js';
import { full } from '../support/full.js';
import { OwnDatabase } from '../support/own-database.js';
import { followsPrepared, PgBouncer, pgbouncerBinary } from '../support/pgbouncer.js';
import { Pipeline, type Reply } from '../support/pipeline.js';
import { ServiceProcess } from '../support/service-process.js';
import { idOf } from '../support/use-versioner.js';

const replicas = 3;
const products = ['shop', 'billing', 'search'];
/** Of each replica: together many times the places that PgBouncer has at the server. */
const connections = 8;

/** What a statement prepared for another session, or a session that is another's, would be told. */
const sessionFaults =
  /prepared statement|cached plan|unnamed portal|bind message|protocol violation|current transaction is aborted|no transaction in progress|already a transaction|unsupported startup parameter/i;

/** One pipeline of each replica, in turn. */
class Replicas {
  private constructor(
    readonly services: readonly ServiceProcess[],
    private readonly secrets: { readonly apiKey: string; readonly adminToken: string },
  ) {}

  /** All at once, on an empty database: one of them migrates it. */
  static async start(databaseUrl: string, prepared: boolean): Promise<Replicas> {
    const secrets = { apiKey: newSecret('sk', 'default', 'ci').secret, adminToken: newSecret('pat', 'default').secret };
    const env = {
      DATABASE_URL: databaseUrl,
      DATABASE_PREPARED: String(prepared),
      VERSIONER_API_KEY: secrets.apiKey,
      VERSIONER_ADMIN_TOKEN: secrets.adminToken,
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'warn',
    };
    const services = await Promise.all(Array.from({ length: replicas }, () => ServiceProcess.start(env)));
    return new Replicas(services, secrets);
  }

  pipeline(n: number, key = this.secrets.apiKey): Pipeline {
    return new Pipeline(this.services[n % replicas]!.url, key);
  }

  admin(n = 0): Pipeline {
    return this.pipeline(n, this.secrets.adminToken);
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()));
  }
}

/** Each way in which statements may reach a PostgreSQL behind PgBouncer. */
const ways = [
  { name: 'without prepared statements', prepared: false, maxPreparedStatements: 0, isPossible: true },
  {
    name: 'with max_prepared_statements, from 1.21 on',
    prepared: true,
    maxPreparedStatements: 100,
    isPossible: followsPrepared,
  },
];

for (const { name, prepared, maxPreparedStatements, isPossible } of ways) {
  const describeHere = pgbouncerBinary !== null && isPossible ? describe : describe.skip;

  describeHere(`three replicas behind PgBouncer in transaction mode, ${name} (needs pgbouncer)`, () => {
    let database: OwnDatabase;
    let pooler: PgBouncer;
    let all: Replicas;
    /** Not through PgBouncer. */
    let client: pg.Client;

    beforeAll(async () => {
      database = await OwnDatabase.start();
      pooler = await PgBouncer.start(database.url, { maxPreparedStatements });
      all = await Replicas.start(pooler.url, prepared);
    }, 120_000);

    afterAll(async () => {
      await all?.stop();
      await pooler?.stop();
      await client?.end().catch(() => undefined);
      await database?.remove();
    }, 60_000);

    async function reconnect(): Promise<void> {
      await client?.end().catch(() => undefined);
      client = new pg.Client({ connectionString: database.url });
      client.on('error', () => undefined);
      await client.connect();
    }

    /** As a patient pipeline: again and again until it is told what became of it. */
    async function report(
      n: number,
      event: { product_name: string; version: string } & Record<string, unknown>,
    ): Promise<Reply> {
      let reply: Reply | null = null;
      await eventually(async () => {
        reply = await all.pipeline(n).deploy(event);
        return reply.status !== 503;
      });
      return reply as unknown as Reply;
    }

    it('let one start win, of all that reach a cell over all of them', async () => {
      await reconnect();
      for (let round = 0; round < full(20, 3); round++) {
        const starts = products.flatMap((product_name) =>
          Array.from({ length: replicas * connections }, (_, n) => ({
            n,
            event: { product_name, version: `1.${round}`, invoke_id: `${round}-${n}` },
          })),
        );
        const replies = await Promise.all(
          starts.map(async ({ n, event }) => ({ n, event, reply: await report(n, event) })),
        );
        for (const product of products) {
          const here = replies.filter(({ event }) => event.product_name === product);
          const won = here.filter(({ reply }) => reply.status === 201);
          expect(here.filter(({ reply }) => ![201, 409].includes(reply.status))).toEqual([]);
          expect(won).toHaveLength(1);
          const { n, event } = won[0]!;
          // Its end reaches another replica, three times.
          const ends = await Promise.all([1, 2, 3].map((by) => report(n + by, { ...event, status: 'completed' })));
          expect(ends.map(({ status }) => status)).toEqual([200, 200, 200]);
          expect(new Set(ends.map(idOf))).toEqual(new Set([idOf(won[0]!.reply)]));
        }
      }
      for (const product of products) expect(await busiest(client, 'production', product)).toBe(1);
    }, 300_000);

    it('record nothing twice that two of them are told at once', async () => {
      const events = Array.from({ length: full(600, 60) }, (_, n) => ({
        product_name: `twice-${n % 5}`,
        version: `2.${n}`,
        invoke_id: `twice-${n}`,
        status: 'completed',
      }));
      const ids = await Promise.all(
        events.map(async (event, n) => {
          const [one, other] = await Promise.all([report(n, event), report(n + 1, event)]);
          expect(new Set([one.status, other.status])).toEqual(new Set([200, 201]));
          expect(idOf(one)).toBe(idOf(other));
          return idOf(one);
        }),
      );
      const { rows } = await client.query<{ id: string }>(`SELECT id FROM deployments WHERE invoke_id LIKE 'twice-%'`);
      expect(rows.map(({ id }) => id).sort()).toEqual(ids.sort());
    }, 300_000);

    it('all learn of a revoked key, and of a changed rule with the next event', async () => {
      const { id, key } = (await all.admin().post('/api-keys/', { name: 'short-lived' })).body as Record<
        string,
        string
      >;
      const version = { product_name: 'keys', status: 'completed' };
      for (let n = 0; n < replicas; n++) {
        expect((await all.pipeline(n, key).deploy({ ...version, version: `3.${n}` })).status).toBe(201);
      }
      expect((await all.admin(1).delete(`/api-keys/${id}`)).status).toBe(204);
      for (let n = 0; n < replicas; n++) {
        await eventually(
          async () => (await all.pipeline(n, key).deploy({ ...version, version: '3.9' })).status === 401,
        );
      }

      const rule = { name: 'closed', type: 'schedule', products: ['ruled'], config: always };
      const made = await all.admin(2).post('/deployment-rules/', rule);
      expect(made.status).toBe(201);
      const start = async (n: number) =>
        (await report(n, { product_name: 'ruled', version: `4.${n}`, environment_name: `stage-${n}` })).status;
      expect(await Promise.all([0, 1, 2].map(start))).toEqual([423, 423, 423]);
      expect((await all.admin(1).delete(`/deployment-rules/${idOf(made)}`)).status).toBe(204);
      expect(await Promise.all([0, 1, 2].map(start))).toEqual([201, 201, 201]);
    }, 120_000);

    it.each([
      ['is killed', (server: OwnDatabase) => server.kill()],
      [
        'is stopped and started again',
        async (server: OwnDatabase) => {
          await server.stop();
          await server.startAgain();
        },
      ],
    ])(
      'go on where PostgreSQL %s behind it, and lose nothing that was answered',
      async (how, away) => {
        const events = Array.from({ length: full(2_000, 200) }, (_, n) => ({
          product_name: `away-${n % 20}`,
          version: `5.${n}`,
          invoke_id: `${how}-${n}`,
          status: 'completed',
        }));
        const answered = new Map<string, string>();
        const waiting = [...events.entries()];
        const failAt = waiting.length / 2;
        let failed = Promise.resolve();
        const worker = async (): Promise<void> => {
          for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
            if (waiting.length === failAt) failed = Promise.resolve(away(database));
            const [n, event] = next;
            const reply = await report(n, event);
            expect([200, 201]).toContain(reply.status);
            answered.set(event.invoke_id, idOf(reply));
          }
        };
        await Promise.all(Array.from({ length: replicas * connections }, worker));
        await failed;
        await reconnect();
        const { rows } = await client.query<{ invoke_id: string; id: string }>(
          'SELECT invoke_id, id FROM deployments WHERE invoke_id LIKE $1',
          [`${how}-%`],
        );
        expect(new Map(rows.map((row) => [row.invoke_id, row.id]))).toEqual(answered);
        expect(rows).toHaveLength(events.length);
      },
      300_000,
    );

    it('leave nothing in any log of a statement or a session that was another’s', async () => {
      const logs = { pgbouncer: pooler.log, postgres: await database.log() };
      const services = all.services.map(({ output }) => output).join('\n');
      for (const [from, text] of Object.entries({ ...logs, services })) {
        const faults = text.split('\n').filter((line) => sessionFaults.test(line));
        expect({ from, faults }).toEqual({ from, faults: [] });
      }
      // Nothing was answered 500 either.
      expect(all.services.flatMap(({ log }) => log).filter(({ level }) => level === 'error' || level === 50)).toEqual(
        [],
      );
    });
  });
}

const always = {
  mode: 'deny',
  timezone: 'UTC',
  recurrence: 'weekly',
  reason: 'Closed',
  windows: [
    { start_day: 'monday', start_time: '00:00', end_day: 'thursday', end_time: '00:00' },
    { start_day: 'thursday', start_time: '00:00', end_day: 'monday', end_time: '00:00' },
  ],
};
