import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { createAccount } from './support/create-account.js';
import { query } from './support/database-of.js';
import { request } from './support/documented-request.js';
import { audience, OidcIssuer } from './support/oidc-issuer.js';
import { sendRaw } from './support/raw-http.js';
import { onEach, replicas } from './support/replicas.js';

const unauthorized = { detail: 'Invalid authentication credentials' };
const unavailable = { detail: 'Service temporarily unavailable' };
const discovery = '/.well-known/openid-configuration';

let issuer: OidcIssuer;
let other: OidcIssuer;
let versioner: RunningVersioner;
let startedAskingNobody: boolean;

beforeAll(async () => {
  [issuer, other] = [await OidcIssuer.start(), await OidcIssuer.start()];
  versioner = await startVersioner({
    // Failures are limited per address, and all of these come from one.
    env: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: `web ${audience}`, RATE_LIMIT_PER_MINUTE: '0' },
  });
  startedAskingNobody = issuer.requests(discovery) === 0;
});
afterAll(async () => {
  await versioner?.stop();
  await issuer?.goAway();
  await other?.goAway();
});
beforeEach(async () => {
  await versioner.reset();
  issuer.accounts.clear();
});

const me = (token: string, service = versioner) =>
  request(service.url).get('/me').set('Authorization', `Bearer ${token}`);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = (): number => Math.floor(Date.now() / 1000);
/** The claims of a good token, by what makes it a bad one. */
const claims = (changes: object = {}): JWTPayload => ({
  iss: issuer.url,
  aud: audience,
  sub: 'mona',
  iat: now(),
  exp: now() + 3600,
  client_id: 'web',
  ...changes,
});

/** The whole answer to a credential, but for what differs by request. */
async function answerTo(authorization: string, path = '/account/'): Promise<object> {
  const { statusLine, headers, body } = await sendRaw(versioner.url, {
    method: 'GET',
    path,
    headers: [['Authorization', authorization]],
  });
  const { date, 'x-request-id': requestId, ...others } = headers;
  expect(date && requestId).toBeTruthy();
  return { statusLine, headers: others, body };
}

const bad: Record<string, () => Promise<string> | string> = {
  'of another audience, through a real sign-on': () => issuer.signOn('mona', 'https://another.example.com'),
  'of another issuer, through a real sign-on': () => other.signOn('mona'),
  'of a program, as the issuer gives it': () => issuer.programToken(),
  'an ID token, as the issuer gives it': async () => {
    await issuer.signOn('mona');
    return issuer.lastIdToken!;
  },
  'an ID token for this audience': () => issuer.forge(claims({ nonce: 'n' }), { typ: 'JWT' }),
  'that names another issuer': () => issuer.forge(claims({ iss: other.url })),
  'without a signature (alg none)': () => `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims())}.`,
  'signed with the public key as a shared secret': () => {
    const head = `${part({ alg: 'HS256', typ: 'at+jwt', kid: issuer.publicKey.kid })}.${part(claims())}`;
    const secret = createPublicKey({ key: issuer.publicKey as never, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    return `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
  },
  'with the signature of another token': () => {
    const [one, another] = [issuer.forge(claims()), issuer.forge(claims({ sub: 'lisa' }))] as const;
    return [...one.split('.').slice(0, 2), another.split('.')[2]].join('.');
  },
  'with claims that were changed': async () => {
    const [head, , signature] = (await issuer.signOn('mona')).split('.');
    return [head, part(claims({ sub: 'admin' })), signature].join('.');
  },
  'signed with a key that it brings along': async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const [jwk, key] = [await exportJWK(publicKey), await exportJWK(privateKey)];
    return issuer.forge(claims(), { jwk, jku: `${other.url}/jwks`, kid: issuer.publicKey.kid }, key);
  },
  'of a key that the issuer does not have': () => issuer.forge(claims(), { kid: randomUUID() }),
  'with a header that nobody understands': () => issuer.forge(claims(), { crit: ['exp'], exp: 1 }),
  'without a subject': () => issuer.forge(claims({ sub: undefined })),
  'without an expiry': () => issuer.forge(claims({ exp: undefined })),
  'not valid yet': () => issuer.forge(claims({ nbf: now() + 3600 })),
  'from the future': () => issuer.forge(claims({ iat: now() + 3600 })),
  'that expired long ago': () => issuer.forge(claims({ exp: now() - 3600 })),
  'bound to a key': () => issuer.forge(claims({ cnf: { jkt: 'x' } })),
  'of another kind': () => issuer.forge(claims(), { typ: 'logout+jwt' }),
  'in five parts': () => `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.a.b.c.d`,
  'that is no JSON': () => `eyJub25zZW5zZQ.eyJub25zZW5zZQ.eyJub25zZW5zZQ`,
  'that is too long': () => issuer.forge(claims({ groups: 'x'.repeat(11_000) })),
};

describe('a token is refused', () => {
  it.each(Object.entries(bad))('%s: as any bad credential is, to the byte', async (_, make) => {
    expect(await answerTo(`Bearer ${await make()}`)).toEqual(await answerTo('Bearer nonsense'));
    expect(await query(versioner, 'SELECT FROM personal_access_tokens WHERE issuer IS NOT NULL')).toEqual([]);
  });

  it('once it has expired, by the clock of the service, and not before', async () => {
    const token = await issuer.signOn('mona');
    await me(token).expect(200);
    versioner.clock.set(new Date((now() + 3600 + 25) * 1000));
    await me(token).expect(200);
    versioner.clock.set(new Date((now() + 3600 + 31) * 1000));
    const { headers } = await me(token).expect(401, unauthorized);
    expect(headers).toMatchObject({ 'www-authenticate': 'Bearer' });
    expect(await answerTo(`Bearer ${token}`)).toEqual(await answerTo('Bearer nonsense'));
  });

  it('in a query string, even beside a good one', async () => {
    const token = await issuer.signOn('mona');
    for (const name of ['access_token', 'jwt', 'version']) {
      await me(token)
        .query({ [name]: token })
        .expect(401, unauthorized);
      await request(versioner.url)
        .get('/me')
        .query({ [name]: token })
        .expect(401, unauthorized);
    }
  });

  it('where single sign-on is not set up', async () => {
    const without = await startVersioner({ join: versioner, env: { RATE_LIMIT_PER_MINUTE: '0' } });
    try {
      await me(await issuer.signOn('mona'), without).expect(401, unauthorized);
    } finally {
      await without.stop();
    }
  });

  it('and counted against its address', async () => {
    const limited = await startVersioner({
      join: versioner,
      env: { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: audience, RATE_LIMIT_PER_MINUTE: '5' },
    });
    try {
      const token = issuer.forge(claims({ aud: 'another' }));
      for (let n = 0; n < 5; n++) await me(token, limited).expect(401);
      await me(token, limited).expect(429);
      await me(await issuer.signOn('mona'), limited).expect(200);
    } finally {
      await limited.stop();
    }
  });
});

describe('the account', () => {
  it('is what the claim says, and nobody is let in without one', async () => {
    const byClaim = await startVersioner({
      join: versioner,
      env: {
        OIDC_ISSUER: issuer.url,
        OIDC_AUDIENCE: audience,
        OIDC_ACCOUNT_CLAIM: 'org.slug',
        RATE_LIMIT_PER_MINUTE: '0',
      },
    });
    try {
      await createAccount(versioner, 'acme');
      const of = (slug: unknown) => issuer.forge(claims({ org: { slug } }));
      const inAcme = await me(of('acme'), byClaim).expect(200);
      expect(inAcme.body).toMatchObject({ account: 'acme', role: 'viewer' });
      const inDefault = await me(of('default'), byClaim).expect(200);
      expect(inDefault.body).toMatchObject({ account: 'default' });
      expect((inDefault.body as { id: string }).id).not.toBe((inAcme.body as { id: string }).id);
      for (const slug of ['nowhere', 'ACME', '', ['acme'], undefined, 1]) {
        await me(of(slug), byClaim).expect(401, unauthorized);
      }
      await me(issuer.forge(claims({ 'org.slug': ['default'] })), byClaim).expect(401, unauthorized);
    } finally {
      await byClaim.stop();
    }
  });
});

describe('the issuer', () => {
  it('is asked for nothing before a token needs it, and once by tokens that come together', async () => {
    expect(startedAskingNobody).toBe(true);
    const before = [issuer.requests(discovery), issuer.requests('/jwks')];
    const tokens = ['a', 'b', 'c', 'd'].map((login) => issuer.forge(claims({ sub: login })));
    await Promise.all(tokens.map((token) => me(token).expect(200)));
    expect([issuer.requests(discovery), issuer.requests('/jwks')]).toEqual(before.map((count) => count + replicas));
  });

  it('may exchange its keys: tokens of the new one are good at once, those of the old one no more', async () => {
    const old = await issuer.signOn('mona');
    await me(old).expect(200);
    await issuer.rotateKeys();
    // A process learns of the new key by a token of it.
    const answers = await onEach(async () => me(await issuer.signOn('mona')).expect(200));
    for (const { body } of answers) expect(body).toMatchObject({ name: 'mona' });
    await onEach(async () => me(old).expect(401, unauthorized));
  });

  it('is not hammered, whatever tokens come', async () => {
    await onEach(async () => me(await issuer.signOn('mona')).expect(200));
    const before = issuer.requests('/jwks');
    for (let round = 0; round < 5; round++) {
      const tokens = Array.from({ length: 20 }, () => issuer.forge(claims(), { kid: randomUUID() }));
      for (const token of tokens) await me(token).expect(401, unauthorized);
    }
    expect(issuer.requests('/jwks') - before).toBeLessThanOrEqual(6 * replicas);
    await onEach(async () => me(issuer.forge(claims({ sub: 'lisa' }))).expect(200));
    const asked = issuer.requests('/jwks');
    for (const make of [bad['that names another issuer']!, bad['that expired long ago']!, bad['without a subject']!]) {
      await me(await make()).expect(401);
    }
    expect(issuer.requests('/jwks')).toBe(asked);
  });

  it('may be away: who is known goes on, and nobody is refused for it', async () => {
    const [token, unseen] = [await issuer.signOn('mona'), await issuer.signOn('mona')];
    await onEach(async () => me(token).expect(200));
    await issuer.goAway();
    try {
      await onEach(async () => me(token).expect(200));
      await me(unseen).expect(200);
      const unknown = issuer.forge(claims(), { kid: randomUUID() });
      const { headers } = await me(unknown).expect(503, unavailable);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);

      await versioner.reset();
      await me(token).expect(503, unavailable);
      // What is wrong in any case needs no issuer to be refused.
      await me(issuer.forge(claims({ aud: 'another' }))).expect(401, unauthorized);
      await request(versioner.url).get('/me').set('Authorization', `Bearer ${versioner.adminToken}`).expect(200);
    } finally {
      await issuer.comeBack();
    }
    await me(token).expect(200);
  });
});
