import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { request } from './support/documented-request.js';
import { gcra } from '../src/auth/rate-limit/gcra.js';
import { RedisBuckets } from '../src/auth/rate-limit/redis-buckets.js';
import { startVersioner } from '../src/testing/start-versioner.js';
import { eventually } from './support/eventually.js';
import { redisBinary, RedisServer } from './support/redis-server.js';

// Everything that needs no Redis is tested in rate-limit.e2e-spec.ts and beside the sources.
const withRedis = redisBinary === null ? describe.skip : describe;

withRedis('rate limits shared through Redis (needs redis-server or valkey-server in the PATH)', () => {
  let server: RedisServer;
  let log: string[];
  const replicas: RedisBuckets[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    log = [];
  });
  afterEach(() => {
    for (const replica of replicas.splice(0)) replica.close();
  });

  async function replica(): Promise<RedisBuckets> {
    const made = new RedisBuckets(server.url, { away: () => log.push('away'), back: () => log.push('back') });
    replicas.push(made);
    await made.connect();
    await eventually(() => made.usable);
    return made;
  }

  it('two replicas that hit one bucket at once allow its limit together, and not one more', async () => {
    const [one, two] = [await replica(), await replica()];
    const hits = await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? one : two).take('shared', 10)));
    expect(hits.filter((hit) => hit?.allowed).length).toBe(10);
    expect(hits.filter((hit) => hit === null)).toEqual([]);
  });

  it('two replicas of the service count one key together, and failures from one address', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '4', REDIS_URL: server.url };
    const first = await startVersioner({ env });
    const second = await startVersioner({ env, join: first });
    try {
      const statuses = async (secret: string) => {
        const given = [];
        for (const { url } of [first, second, first, second, first, second]) {
          given.push((await request(url).get('/account/').set('Authorization', `Bearer ${secret}`)).status);
        }
        return given;
      };
      expect(await statuses(first.adminToken)).toEqual([200, 200, 200, 200, 429, 429]);
      expect(await statuses('guess')).toEqual([401, 401, 401, 401, 429, 429]);
    } finally {
      await second.stop();
      await first.stop();
    }
  });

  it('decides as the pure function does', async () => {
    const one = await replica();
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 30 }),
        async (key, limit, hits) => {
          let kept: number | null = null;
          for (let i = 0; i < hits; i++) {
            const decision = await one.take(key, limit);
            expect(decision).toEqual(gcra(kept, decision?.at ?? 0, limit));
            kept = decision?.fullAt ?? null;
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('a Redis that is stopped and started again is used again, and both are said once', async () => {
    const one = await replica();
    expect((await one.take('key', 5))?.remaining).toBe(4);
    await server.stop();
    await eventually(() => !one.usable);
    for (let i = 0; i < 50; i++) expect(await one.take('key', 5)).toBeNull();
    await server.startAgain();
    await eventually(() => one.usable);
    expect((await one.take('key', 5))?.remaining).toBe(4);
    expect(log).toEqual(['away', 'back']);
  });

  it('a Redis that stops answering is given up after the first hit, and used again when it answers', async () => {
    const one = await replica();
    server.freeze();
    expect(await one.take('frozen', 5)).toBeNull();
    expect(one.usable).toBe(false);
    server.thaw();
    await eventually(() => one.usable);
    expect(await one.take('frozen', 5)).toMatchObject({ allowed: true });
    expect(log).toEqual(['away', 'back']);
  });
});
