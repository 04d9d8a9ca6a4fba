import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from './support/documented-request.js';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { createPerson } from './support/create-person.js';
import { query } from './support/database-of.js';
import { eventually } from './support/eventually.js';

const unauthorized = { detail: 'Invalid authentication credentials' };
const forbidden = { detail: 'You do not have permission to perform this action' };
const random = 'a'.repeat(40);

let versioner: RunningVersioner;

beforeAll(async () => {
  // Failures are limited per address, and all of these come from one.
  versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '0' } });
});
afterAll(() => versioner.stop());
beforeEach(() => versioner.clock.reset());

const asAdmin = (method: 'get' | 'post' | 'patch' | 'delete', path: string) =>
  request(versioner.url)[method](path).set('Authorization', `Bearer ${versioner.adminToken}`);
const statusOf = async (path: string, secret: string): Promise<number> =>
  (await request(versioner.url).get(path).set('Authorization', `Bearer ${secret}`)).status;

async function createKey(fields: object = {}): Promise<{ id: string; key: string }> {
  const { body } = await asAdmin('post', '/api-keys/')
    .send({ name: 'test', scopes: ['read'], ...fields })
    .expect(201);
  return body as { id: string; key: string };
}

describe('401', () => {
  it('is the same to the byte, whatever is wrong with the credential', async () => {
    const revoked = await createKey();
    await asAdmin('delete', `/api-keys/${revoked.id}`).expect(204);
    const expired = await createKey({ expires_at: '2030-01-01T00:00:00Z' });
    const person = await createPerson(versioner, 'viewer');
    await query(versioner, 'UPDATE users SET deactivated_at = now() WHERE id = $1', [person.userId]);
    const feed = await asAdmin('post', '/feed-tokens/').send({ kind: 'badge' }).expect(201);
    versioner.clock.set('2030-01-01T00:00:00Z');

    const answers = [];
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer nonsense',
      `Basic ${Buffer.from('admin:admin').toString('base64')}`,
      versioner.adminToken,
      `Bearer sk_default_key_${random}`,
      `Bearer sk_nobody_key_${random}`,
      `Bearer pat_default_${random}`,
      `Bearer ${revoked.key}`,
      `Bearer ${expired.key}`,
      `Bearer ${person.token}`,
      `Bearer ${(feed.body as { token: string }).token}`,
      `Bearer ${versioner.apiKey.slice(0, -1)}`,
      `Bearer ${versioner.adminToken}x`,
    ]) {
      const answer = request(versioner.url).get('/account/');
      if (authorization !== undefined) void answer.set('Authorization', authorization);
      const { status, body, headers } = await answer;
      const { date, 'x-request-id': requestId, ...others } = headers as Record<string, string>;
      expect(date && requestId).toBeTruthy();
      answers.push({ status, body: body as unknown, headers: others });
    }
    expect(answers[0]).toMatchObject({ status: 401, body: unauthorized, headers: { 'www-authenticate': 'Bearer' } });
    expect(answers[0]?.headers).not.toHaveProperty('x-ratelimit-limit');
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it.each([
    ['an unknown route', 'get', '/nowhere', ''],
    ['a wrong method', 'put', '/account/', ''],
    ['a body that is not JSON', 'post', '/api-keys/', '{'],
    ['a body that is too large', 'post', '/api-keys/', `"${'x'.repeat(2 * 1024 * 1024)}"`],
  ] as const)('comes before everything else that is wrong: %s', async (_, method, path, body) => {
    const answer = request(versioner.url)[method](path).set('Content-Type', 'application/json');
    const { status, body: refusal } = await (body === '' ? answer : answer.send(body));
    expect({ status, refusal: refusal as unknown }).toEqual({ status: 401, refusal: unauthorized });
  });

  it.each(['token', 'access_token', 'api_key', 'version'])(
    'a credential in the query (%s), even beside a good header',
    async (name) => {
      const path = `/account/?${name}=${versioner.adminToken}`;
      await request(versioner.url).get(path).expect(401, unauthorized);
      await asAdmin('get', path).expect(401, unauthorized);
    },
  );

  it('is not for public routes, whatever comes with the request', async () => {
    await request(versioner.url).get('/health/live').set('Authorization', 'Bearer nonsense').expect(200);
  });
});

describe('a good credential', () => {
  it('is accepted with the scheme in any letter case', async () => {
    await request(versioner.url).get('/account/').set('Authorization', `bearer ${versioner.adminToken}`).expect(200);
  });

  it('works until the very moment of its expiry, by the time of the database', async () => {
    versioner.clock.set('2029-12-31T23:00:00.000Z');
    const { key } = await createKey({ expires_at: '2030-01-01T00:00:00.000Z' });
    versioner.clock.set('2029-12-31T23:59:59.999Z');
    expect(await statusOf('/account/', key)).toBe(200);
    versioner.clock.set('2030-01-01T00:00:00.000Z');
    expect(await statusOf('/account/', key)).toBe(401);
  });

  it('is refused right after its revocation', async () => {
    const { id, key } = await createKey();
    expect(await statusOf('/account/', key)).toBe(200);
    await asAdmin('delete', `/api-keys/${id}`).expect(204);
    expect(await statusOf('/account/', key)).toBe(401);
  });

  it('is refused on every replica within a second after its revocation was answered, however busy it is', async () => {
    const replica = await startVersioner({ join: versioner, env: { RATE_LIMIT_PER_MINUTE: '0' } });
    try {
      const { id, key } = await createKey();
      let answeredAt = Infinity;
      const revocation = (async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await asAdmin('delete', `/api-keys/${id}`).expect(204);
        answeredAt = performance.now();
      })();
      let lastAcceptedAt = 0;
      for (let status = 200; status === 200;) {
        const sentAt = performance.now();
        ({ status } = await request(replica.url).get('/account/').set('Authorization', `Bearer ${key}`));
        if (status === 200) lastAcceptedAt = sentAt;
        else expect(status).toBe(401);
      }
      await revocation;
      expect(lastAcceptedAt - answeredAt).toBeLessThan(1_000);
    } finally {
      await replica.stop();
    }
  });

  it('leaves behind when it was last used, soon and without being waited for', async () => {
    const { id, key } = await createKey();
    const { userId, tokenId, token } = await createPerson(versioner, 'viewer');
    expect([await statusOf('/account/', key), await statusOf('/account/', token)]).toEqual([200, 200]);
    const used = async (path: string) =>
      ((await asAdmin('get', path).expect(200)).body as { last_used_at: string | null }).last_used_at;
    await eventually(async () => (await used(`/api-keys/${id}`)) !== null);
    await eventually(async () => (await used(`/personal-access-tokens/${tokenId}`)) !== null);
    const [row] = await query(
      versioner,
      `SELECT k.last_used_at BETWEEN k.created_at AND now() AND t.last_used_at BETWEEN t.created_at AND now() AS right
       FROM api_keys k, personal_access_tokens t WHERE k.id = $1 AND t.user_id = $2`,
      [id, userId],
    );
    expect(row).toEqual({ right: true });
  });
});

describe('403', () => {
  const permissions = {
    read: ['get', '/account/', 200],
    'tokens:own': ['get', '/personal-access-tokens/', 200],
    'integrations:write': ['post', '/feed-tokens/', 422],
    'keys:read': ['get', '/api-keys/', 200],
    'keys:write': ['post', '/api-keys/', 422],
    'account:write': ['patch', '/account/', 422],
  } as const;
  type Permission = keyof typeof permissions;
  const everybody: Permission[] = ['read', 'tokens:own'];

  async function allowedTo(secret: string): Promise<string[]> {
    const allowed = [];
    for (const [permission, [method, path, status]] of Object.entries(permissions)) {
      const answer = request(versioner.url)[method](path).set('Authorization', `Bearer ${secret}`);
      const { status: given, body } = await (method === 'get' ? answer : answer.send({ kind: 1, name: 1, catalog: 1 }));
      if (given === 403) expect(body).toEqual(forbidden);
      else expect({ permission, given }).toEqual({ permission, given: status });
      if (given !== 403) allowed.push(permission);
    }
    return allowed;
  }

  it.each<[string, Permission[]]>([
    ['admin', [...everybody, 'integrations:write', 'keys:read', 'keys:write', 'account:write']],
    ['release_manager', everybody],
    ['product', everybody],
    ['developer', [...everybody, 'keys:read']],
    ['sre', [...everybody, 'integrations:write']],
    ['qa', everybody],
    ['security', everybody],
    ['compliance', everybody],
    ['billing', everybody],
    ['viewer', everybody],
  ])('role %s', async (role, allowed) => {
    expect(await allowedTo((await createPerson(versioner, role)).token)).toEqual(allowed);
  });

  it.each<[string, Permission[]]>([
    ['events:write', []],
    ['read', ['read']],
    ['preflight:skip', []],
  ])('scope %s of an API key', async (scope, allowed) => {
    expect(await allowedTo((await createKey({ scopes: [scope] })).key)).toEqual(allowed);
  });

  it('is not for a route that does not exist: 404, and 405 for a wrong method', async () => {
    const { key } = await createKey({ scopes: ['preflight:skip'] });
    await request(versioner.url)
      .get('/nowhere')
      .set('Authorization', `Bearer ${key}`)
      .expect(404, { detail: 'Not found' });
    const wrong = request(versioner.url).put('/account/').set('Authorization', `Bearer ${key}`);
    await wrong.expect(405, { detail: 'Method Not Allowed' }).expect('Allow', /GET/);
  });

  it('a person without a present role may nothing', async () => {
    const { userId, token } = await createPerson(versioner, 'admin');
    await query(versioner, `UPDATE user_roles SET valid_to = valid_from + interval '1 second' WHERE user_id = $1`, [
      userId,
    ]);
    expect(await allowedTo(token)).toEqual([]);
  });
});
