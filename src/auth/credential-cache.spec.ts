import { beforeEach, describe, expect, it } from '@jest/globals';
import { Caches } from '../common/caches.js';
import { Clock } from '../common/clock.js';
import { UnavailableError } from '../common/errors/request.errors.js';
import type { Credential, CredentialFinding, CredentialKey } from './credential.js';
import { Siblings } from '../workers/siblings.js';
import { CredentialCache } from './credential-cache.js';
import type { CredentialsRepository } from './credentials.repository.js';
import { hashSecret } from './secrets.js';

class HandClock extends Clock {
  elapsed = 0;
  frozenTo: Date | null = null;
  override monotonic = () => this.elapsed;
  override frozen = () => this.frozenTo;
}

const credential: Credential = {
  accountId: 'account',
  accountSlug: 'acme',
  kind: 'api_key',
  id: 'key',
  userId: null,
  userKind: null,
  role: null,
  approverRoles: [],
  scopes: ['events:write'],
  narrowing: null,
  formerKeyId: null,
  rateLimitPerMinute: null,
};

function keyOf(secret: string): CredentialKey {
  return { kind: 'sk', accountSlug: 'acme', hash: hashSecret(secret) };
}

/** Stands where the database is, and lets a test hold its answers back. */
class FakeRepository {
  asked: number[] = [];
  finding: CredentialFinding | null = { credential, expiresInMs: null };
  away = false;
  gate: Promise<void> = Promise.resolve();

  async find(keys: readonly CredentialKey[]): Promise<(CredentialFinding | null)[]> {
    this.asked.push(keys.length);
    const answer = keys.map(() => this.finding);
    await this.gate;
    if (this.away) throw new UnavailableError();
    return answer;
  }
}

/** Lets everything that is ready run, the batch's turn of the event loop included. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('CredentialCache', () => {
  let clock: HandClock;
  let repository: FakeRepository;
  let caches: Caches;
  let cache: CredentialCache;
  const key = keyOf('secret');

  beforeEach(() => {
    clock = new HandClock();
    repository = new FakeRepository();
    caches = new Caches();
    cache = new CredentialCache(repository as unknown as CredentialsRepository, clock, new Siblings(), caches);
  });

  it.each([
    [0, 'at once', 1],
    [400, 'at once', 1],
    [401, 'at once', 2],
    [899, 'at once', 2],
    [900, 'after a read', 2],
    [5_000, 'after a read', 2],
  ])('an answer that is %d ms old is given %s, after %d reads', async (age, when, reads) => {
    await cache.find(key);
    clock.elapsed = age;
    const found = cache.find(key);
    expect(found instanceof Promise).toBe(when === 'after a read');
    expect(await found).toEqual(credential);
    await settle();
    expect(repository.asked).toHaveLength(reads);
  });

  it('a revocation is effective after less than a second, however busy the key is', async () => {
    await cache.find(key);
    repository.finding = null;
    const revokedAt = clock.elapsed;
    let lastGood = revokedAt;
    for (; clock.elapsed < 2_000; clock.elapsed += 50) {
      if ((await cache.find(key)) !== null) lastGood = clock.elapsed;
      await settle();
    }
    expect(lastGood - revokedAt).toBeLessThan(900);
  });

  it('counts the age from the moment of asking, not of the answer', async () => {
    let open = () => undefined as void;
    repository.gate = new Promise((resolve) => (open = resolve));
    const first = cache.find(key);
    await settle();
    clock.elapsed = 950;
    open();
    await first;
    expect(cache.find(key)).toBeInstanceOf(Promise);
  });

  it('does not wait for a read that began too long ago', async () => {
    repository.gate = new Promise(() => undefined);
    void cache.find(key);
    await settle();
    clock.elapsed = 100;
    const joined = cache.find(key);
    clock.elapsed = 900;
    expect(cache.find(key)).not.toBe(joined);
  });

  it('shares one read among all who ask for the same key at once, and one statement among several keys', async () => {
    const asked = ['a', 'a', 'b', 'a', 'c'].map(async (secret) => cache.find(keyOf(secret)));
    for (const found of await Promise.all(asked)) expect(found).toEqual(credential);
    expect(repository.asked).toEqual([3]);
  });

  it('remembers nothing of a credential that is no good', async () => {
    repository.finding = null;
    expect(await cache.find(key)).toBeNull();
    repository.finding = { credential, expiresInMs: null };
    expect(await cache.find(key)).toEqual(credential);
  });

  it('ends with the expiry that the database counted', async () => {
    repository.finding = { credential, expiresInMs: 200 };
    await cache.find(key);
    clock.elapsed = 199;
    expect(cache.find(key)).toEqual(credential);
    clock.elapsed = 200;
    expect(cache.find(key)).toBeInstanceOf(Promise);
  });

  it('reads again when a test moves the clock', async () => {
    await cache.find(key);
    clock.frozenTo = new Date('2026-01-01T00:00:00Z');
    expect(cache.find(key)).toBeInstanceOf(Promise);
  });

  it('with the database away, goes on for what is left of 900 ms and then says so', async () => {
    await cache.find(key);
    repository.away = true;
    clock.elapsed = 899;
    expect(cache.find(key)).toEqual(credential);
    await settle();
    clock.elapsed = 900;
    await expect(cache.find(key)).rejects.toBeInstanceOf(UnavailableError);
    repository.away = false;
    expect(await cache.find(key)).toEqual(credential);
  });

  it('forgets at once what was cleared, also what was just being read', async () => {
    let open = () => undefined as void;
    repository.gate = new Promise((resolve) => (open = resolve));
    const before = cache.find(key);
    await settle();
    caches.clearAll();
    open();
    await before;
    repository.finding = null;
    expect(await cache.find(key)).toBeNull();
  });

  it('holds a bounded number of credentials', async () => {
    for (let i = 0; i < 5_100; i += 50) {
      await Promise.all(Array.from({ length: 50 }, async (_, n) => cache.find(keyOf(`secret ${i + n}`))));
    }
    expect(cache.find(keyOf('secret 0'))).toBeInstanceOf(Promise);
    expect(cache.find(keyOf('secret 5099'))).toEqual(credential);
  });
});
