import { afterEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'supertest';
import { request } from './support/documented-request.js';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { freePort } from './support/free-port.js';

const frozen = '2040-03-02T14:00:00.000Z';
const frozenSeconds = Date.parse(frozen) / 1_000;

let versioner: RunningVersioner;
afterEach(() => versioner.stop());

async function start(env: Record<string, string>): Promise<void> {
  versioner = await startVersioner({ env });
  versioner.clock.set(frozen);
}

const get = (path: string, secret = versioner.adminToken) =>
  request(versioner.url).get(path).set('Authorization', `Bearer ${secret}`);

function limitsOf({ headers }: Response): Record<string, number> {
  const names = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Retry-After'];
  const given = names.filter((name) => name.toLowerCase() in headers);
  return Object.fromEntries(given.map((name) => [name, Number(headers[name.toLowerCase()])]));
}

/** 429 as the contract has it: the text and the two headers name the same next free moment. */
function expectLimited(answer: Response, limit: number): void {
  expect(answer.status).toBe(429);
  const seconds = limitsOf(answer)['Retry-After'] ?? 0;
  expect(answer.text).toBe(`{"detail":"Rate limit exceeded. Try again in ${seconds} seconds."}`);
  expect(limitsOf(answer)).toEqual({
    'X-RateLimit-Limit': limit,
    'X-RateLimit-Remaining': 0,
    'X-RateLimit-Reset': frozenSeconds + seconds,
    'Retry-After': seconds,
  });
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(Math.ceil(60 / limit));
}

describe('a key or token', () => {
  it('is told what is left on every answer, and when to come back when nothing is', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '2' });
    expect(limitsOf(await get('/account/').expect(200))).toEqual({
      'X-RateLimit-Limit': 2,
      'X-RateLimit-Remaining': 1,
      'X-RateLimit-Reset': frozenSeconds + 30,
    });
    const second = await get('/nowhere').expect(404);
    expect(limitsOf(second)).toMatchObject({ 'X-RateLimit-Limit': 2, 'X-RateLimit-Remaining': 0 });
    expectLimited(await get('/account/'), 2);
  });

  it('is limited before it is judged: 429 and not 404, 403, 400 or 422', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '1' });
    await get('/api-keys/', versioner.apiKey).expect(403);
    const post = (body: string) =>
      request(versioner.url)
        .post('/api-keys/')
        .set('Authorization', `Bearer ${versioner.apiKey}`)
        .set('Content-Type', 'application/json')
        .send(body);
    for (const answer of [
      get('/nowhere', versioner.apiKey),
      get('/api-keys/', versioner.apiKey),
      post('{'),
      post('{}'),
    ]) {
      expectLimited(await answer, 1);
    }
  });

  it('has a bucket of its own, for all routes together', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '1' });
    await get('/account/').expect(200);
    await get('/account/').expect(429);
    await get('/api-keys/').expect(429);
    await get('/api-keys/', versioner.apiKey).expect(403);
  });

  it('gets in again when it waits as it was told', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '60' });
    let answer = await get('/account/');
    while (answer.status !== 429) answer = await get('/account/');
    expectLimited(answer, 60);
    await new Promise((resolve) => setTimeout(resolve, Number(answer.headers['retry-after']) * 1_000));
    await get('/account/').expect(200);
  });

  it('has the limit of its account, if that has one, from the next request on', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '100' });
    const change = (rate_limit_per_minute: number | null) =>
      request(versioner.url)
        .patch('/account/')
        .set('Authorization', `Bearer ${versioner.adminToken}`)
        .send({ rate_limit_per_minute })
        .expect(200);
    await change(7);
    expect(limitsOf(await get('/account/'))).toMatchObject({ 'X-RateLimit-Limit': 7 });
    await change(0);
    expect(limitsOf(await get('/account/'))).toEqual({});
    await change(null);
    expect(limitsOf(await get('/account/'))).toMatchObject({ 'X-RateLimit-Limit': 100 });
  });

  it('is not limited with 0', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '0' });
    expect(limitsOf(await get('/account/').expect(200))).toEqual({});
  });
});

it('a public route knows no limit', async () => {
  await start({ RATE_LIMIT_PER_MINUTE: '1' });
  for (let i = 0; i < 3; i++) expect(limitsOf(await get('/health/live').expect(200))).toEqual({});
});

describe('failed authentications', () => {
  const guess = (address?: string) => {
    const answer = get('/account/', 'sk_default_key_guess');
    return address === undefined ? answer : answer.set('X-Forwarded-For', address);
  };

  it('are limited per address, and good credentials from there are not', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '3' });
    for (let i = 0; i < 3; i++) expect(limitsOf(await guess().expect(401))).toEqual({});
    expectLimited(await guess(), 3);
    expectLimited(await request(versioner.url).get('/nowhere'), 3);
    expect(limitsOf(await get('/account/').expect(200))).toMatchObject({ 'X-RateLimit-Remaining': 2 });
  });

  it('count for the caller behind a proxy that is trusted', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '1', TRUST_PROXY: 'loopback' });
    await guess('192.0.2.1').expect(401);
    expectLimited(await guess('192.0.2.1'), 1);
    await guess('192.0.2.2').expect(401);
    await guess('2001:db8:1:2::1').expect(401);
    expectLimited(await guess('2001:db8:1:2::ffff'), 1);
  });

  it('count for the address of the connection where no proxy is trusted', async () => {
    await start({ RATE_LIMIT_PER_MINUTE: '1' });
    await guess('192.0.2.1').expect(401);
    expectLimited(await guess('192.0.2.2'), 1);
  });
});

it('without the Redis that it was told of, the limit goes on in the process', async () => {
  await start({ RATE_LIMIT_PER_MINUTE: '2', REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  await get('/account/').expect(200);
  await get('/account/').expect(200);
  expectLimited(await get('/account/'), 2);
});

describe('a feed token', () => {
  it.each(['badge', 'calendar'])('of kind %s has a limit of its own, whoever else asks', async (kind) => {
    await start({ RATE_LIMIT_PER_MINUTE: '2' });
    const create = () =>
      request(versioner.url)
        .post('/feed-tokens/')
        .set('Authorization', `Bearer ${versioner.adminToken}`)
        .send({ kind })
        .expect(201);
    const [one, other] = [(await create()).body, (await create()).body] as [{ token: string }, { token: string }];
    const path = kind === 'badge' ? '/badges/web/production.svg' : '/deployment-rules/calendar.ics';
    const fetchFeed = (token: string) => request(versioner.url).get(path).query({ token });
    const found = kind === 'badge' ? 404 : 200;

    for (const left of [1, 0]) {
      expect(limitsOf(await fetchFeed(one.token).expect(found))).toMatchObject({ 'X-RateLimit-Remaining': left });
    }
    expectLimited(await fetchFeed(one.token), 2);
    await fetchFeed(other.token).expect(found);
    await get('/account/', versioner.apiKey).expect(403);
  });
});
