import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Caches } from '../../common/caches.js';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/request.errors.js';
import { readEnv } from '../../config/env.js';
import { IssuerClient } from './issuer-client.js';

const [second, minute] = [1_000, 60_000];
const hour = 60 * minute;
const document = '/.well-known/openid-configuration';

class SetClock extends Clock {
  at = 1_000_000;
  override monotonic(): number {
    return this.at;
  }
}

type Answer = (response: ServerResponse) => void;
const json =
  (body: object, status = 200): Answer =>
  (response) =>
    void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

let server: Server;
let url: string;
let answers: Map<string, Answer>;
let asked: string[];
let keys: Record<string, JWK>;
let clock: SetClock;
let client: IssuerClient;

beforeAll(async () => {
  Logger.overrideLogger(false);
  keys = {};
  for (const kid of ['a', 'b']) {
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    keys[kid] = { ...(await exportJWK(publicKey)), kid };
  }
  server = createServer((request, response) => {
    asked.push(request.url!);
    (answers.get(request.url!) ?? json({}, 404))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answers = new Map([[document, json({ issuer: url, jwks_uri: `${url}/keys`, userinfo_endpoint: `${url}/who` })]]);
  publish('a');
  clock = new SetClock();
  client = new IssuerClient(readEnv({ OIDC_ISSUER: url, OIDC_AUDIENCE: 'api' }), clock, new Caches());
});

const publish = (...kids: string[]): void => void answers.set('/keys', json({ keys: kids.map((kid) => keys[kid]) }));
const keyFor = (kid: string) => client.keyFor({ alg: 'ES256', kid });
const reads = (): number => asked.filter((path) => path === '/keys').length;
/** Waits for what goes on beside the requests: until a token that names another key has joined it. */
const settled = async (): Promise<void> => void (await keyFor('nothing').catch(() => undefined));

describe('the keys of the issuer', () => {
  it('are read at first need, once, and kept', async () => {
    expect(asked).toEqual([]);
    await Promise.all([keyFor('a'), keyFor('a'), keyFor('a')]);
    clock.at += 9 * minute;
    await keyFor('a');
    expect(asked).toEqual([document, '/keys']);
  });

  it('are read again for one that is not known, six times a minute at most', async () => {
    await keyFor('a');
    publish('b');
    await keyFor('b');
    await expect(keyFor('a')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    for (let n = 0; n < 50; n++) await keyFor(`junk-${n}`).catch(() => undefined);
    expect(reads()).toBe(6);
    publish('a', 'b');
    await expect(keyFor('a')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    clock.at += 10 * second;
    await keyFor('a');
    expect(reads()).toBe(7);
  });

  it('are read again after ten minutes, beside the requests: what was withdrawn is forgotten', async () => {
    await keyFor('a');
    const before = client.revision();
    publish('b');
    clock.at += 10 * minute;
    await keyFor('a');
    await settled();
    await expect(keyFor('a')).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    expect(client.revision()).toBeGreaterThan(before);
  });

  it('go on while the issuer is away, for a day and no longer', async () => {
    await keyFor('a');
    const before = client.revision();
    answers.set('/keys', json({}, 500));
    for (const age of [11 * minute, 12 * hour, 24 * hour - 1]) {
      clock.at = 1_000_000 + age;
      await keyFor('a');
      await expect(keyFor('b')).rejects.toBeInstanceOf(UnavailableError);
    }
    expect(client.revision()).toBe(before);
    clock.at = 1_000_000 + 24 * hour;
    await expect(keyFor('a')).rejects.toBeInstanceOf(UnavailableError);
    expect(client.revision()).not.toBe(before);
    publish('a');
    clock.at += 10 * second;
    await keyFor('a');
  });

  it('are not asked for without end while the issuer is away; it is told when to come again', async () => {
    answers.set('/keys', json({}, 500));
    for (let n = 0; n < 20; n++) await expect(keyFor('a')).rejects.toBeInstanceOf(UnavailableError);
    expect(reads()).toBe(6);
    await expect(keyFor('a')).rejects.toMatchObject({ retryAfterSeconds: 10 });
    publish('a');
    clock.at += 10 * second;
    await keyFor('a');
  });

  it.each<[string, () => void]>([
    ['names another issuer', () => answers.set(document, json({ issuer: `${url}/`, jwks_uri: `${url}/keys` }))],
    ['names no issuer', () => answers.set(document, json({ jwks_uri: `${url}/keys` }))],
    ['has no keys', () => answers.set(document, json({ issuer: url }))],
    [
      'has its keys where anybody may change them',
      () => answers.set(document, json({ issuer: url, jwks_uri: 'http://sso.example.com/keys' })),
    ],
    ['has its keys in a file', () => answers.set(document, json({ issuer: url, jwks_uri: 'file:///etc/passwd' }))],
    [
      'sends on to another place',
      () => answers.set(document, (response) => void response.writeHead(302, { Location: `${url}/elsewhere` }).end()),
    ],
    ['is no JSON', () => answers.set(document, (response) => void response.end('<html>'))],
    ['is null', () => answers.set(document, (response) => void response.end('null'))],
    ['has keys that are none', () => answers.set('/keys', json({ keys: [1] }))],
    [
      'has keys without end',
      () => answers.set('/keys', (response) => void response.end(`{"keys": [${' '.repeat(600 * 1024)}]}`)),
    ],
    ['breaks off', () => answers.set('/keys', (response) => void response.destroy())],
  ])('are not to be had from an issuer that %s', async (_, prepare) => {
    prepare();
    await expect(keyFor('a')).rejects.toBeInstanceOf(UnavailableError);
    expect(asked).not.toContain('/elsewhere');
  });

  it('are for signatures of their own kind alone', async () => {
    answers.set(
      '/keys',
      json({
        keys: [
          { ...keys['a'], use: 'enc' },
          { ...keys['b'], alg: 'ES384' },
          { kty: 'oct', k: 'AAAA', kid: 'c' },
        ],
      }),
    );
    for (const kid of ['a', 'b', 'c'])
      await expect(keyFor(kid)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});

describe('what the issuer tells of a person', () => {
  it.each<[string, () => void, object | null]>([
    ['theirs', () => answers.set('/who', json({ sub: 'mona', name: 'Mona' })), { sub: 'mona', name: 'Mona' }],
    ['of somebody else: nothing', () => answers.set('/who', json({ sub: 'lisa' })), null],
    ['of nobody: nothing', () => answers.set('/who', json({})), null],
    ['not to this service: nothing', () => answers.set('/who', json({}, 403)), null],
    ['in another form: nothing', () => answers.set('/who', (response) => void response.end('eyJhb.eyJz.c2ln')), null],
    ['nowhere: nothing', () => answers.set(document, json({ issuer: url, jwks_uri: `${url}/keys` })), null],
  ])('is %s', async (_, prepare, claims) => {
    prepare();
    expect(await client.userinfo('token', 'mona')).toEqual(claims);
  });

  it.each<[string, Answer]>([
    ['fails', json({}, 502)],
    ['has too much to do', json({}, 429)],
    [
      'sends on to another place, with the token',
      (response) => void response.writeHead(307, { Location: '/elsewhere' }).end(),
    ],
  ])('is waited for where it %s', async (_, answer) => {
    answers.set('/who', answer);
    await expect(client.userinfo('token', 'mona')).rejects.toBeInstanceOf(UnavailableError);
    expect(asked).not.toContain('/elsewhere');
  });
});
