import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from './support/documented-request.js';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { createAccount } from './support/create-account.js';
import { query } from './support/database-of.js';

let versioner: RunningVersioner;
type Body = Record<string, unknown> & { id: string };

beforeAll(async () => {
  versioner = await startVersioner();
});
afterAll(() => versioner.stop());
beforeEach(() => versioner.clock.set('2040-03-02T14:00:00.000Z'));

const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, secret = versioner.adminToken) =>
  request(versioner.url)[method](path).set('Authorization', `Bearer ${secret}`);
const auditOf = (id: string) =>
  query(versioner, 'SELECT action, actor_kind, before, after FROM audit_log WHERE resource_id = $1 ORDER BY at, id', [
    id,
  ]);
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);

describe('api-keys', () => {
  it('are created with the defaults, and shown once', async () => {
    const { body, headers } = await call('post', '/api-keys/').send({ name: ' GitHub Actions ' }).expect(201);
    const { id, key, prefix } = body as Body & { key: string; prefix: string };
    expect(body).toEqual({
      id: uuid,
      name: 'GitHub Actions',
      key: expect.stringMatching(/^sk_default_github-actions_[0-9A-Za-z]{40}$/),
      prefix: key.slice(0, 'sk_default_github-actions_'.length + 4),
      scopes: ['events:write'],
      products: [],
      environments: [],
      expires_at: null,
      rotated_from: null,
      created_at: '2040-03-02T14:00:00.000Z',
    });
    expect(headers).toMatchObject({ location: `/api-keys/${id}` });

    const { body: shown } = await call('get', `/api-keys/${id}`).expect(200);
    expect(shown).toEqual({
      id,
      name: 'GitHub Actions',
      prefix,
      scopes: ['events:write'],
      products: [],
      environments: [],
      expires_at: null,
      rotated_from: null,
      created_at: '2040-03-02T14:00:00.000Z',
      last_used_at: null,
      created_by: uuid,
      revoked_at: null,
    });
    expect((await call('get', '/api-keys/').expect(200)).body).toContainEqual(shown);
    await call('get', '/account/', key).expect(403);
  });

  it('are stored as a SHA-256 and nothing else, also in the audit log', async () => {
    const { body } = await call('post', '/api-keys/').send({ name: 'hashed' }).expect(201);
    const { id, key } = body as Body & { key: string };
    const [stored] = await query(
      versioner,
      `SELECT octet_length(secret_hash) AS length, secret_hash = sha256(convert_to($2, 'UTF8')) AS hashed,
              api_keys::text LIKE '%' || right($2, 30) || '%' AS leaked
       FROM api_keys WHERE id = $1`,
      [id, key],
    );
    expect(stored).toEqual({ length: 32, hashed: true, leaked: false });
    const rows = await auditOf(id);
    expect(rows).toEqual([
      { action: 'api_key.created', actor_kind: 'user', before: null, after: expect.objectContaining({ id }) },
    ]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(-30));
  });

  it('take scopes and an expiry', async () => {
    const fields = { name: 'x', scopes: ['read', 'events:write', 'read'], expires_at: '2040-03-02T15:00:00+01:00' };
    versioner.clock.set('2040-03-02T13:59:59.999Z');
    const { body } = await call('post', '/api-keys/').send(fields).expect(201);
    expect(body).toMatchObject({ scopes: ['read', 'events:write'], expires_at: '2040-03-02T14:00:00.000Z' });
  });

  it.each([
    ['nothing', {}, [['name', 'field required', 'value_error.missing']]],
    [
      'everything wrong',
      { name: '  ', scopes: [], expires_at: 'tomorrow' },
      [
        ['name', 'ensure this value has at least 1 characters', 'value_error.any_str.min_length'],
        ['scopes', 'ensure this value has at least 1 items', 'value_error.list.min_items'],
        ['expires_at', 'invalid datetime format', 'value_error.datetime'],
      ],
    ],
    [
      'a long name',
      { name: 'x'.repeat(101) },
      [['name', 'ensure this value has at most 100 characters', 'value_error.any_str.max_length']],
    ],
    [
      'an expiry that is now',
      { name: 'x', expires_at: '2040-03-02T14:00:00Z' },
      [['expires_at', 'date is not in the future', 'value_error.date.not_in_the_future']],
    ],
  ])('are refused with %s', async (_, fields, faults) => {
    const detail = faults.map(([field, msg, type]) => ({ loc: ['body', field], msg, type }));
    await call('post', '/api-keys/').send(fields).expect(422, { detail });
  });

  it('name the scope that does not exist', async () => {
    const { body } = await call('post', '/api-keys/')
      .send({ name: 'x', scopes: ['read', 'admin'] })
      .expect(422);
    expect(body).toEqual({
      detail: [
        {
          loc: ['body', 'scopes', 1],
          msg: "value is not a valid enumeration member; permitted: 'events:write', 'read', 'preflight:skip'",
          type: 'type_error.enum',
        },
      ],
    });
  });

  it('are listed newest first, page by page', async () => {
    for (const name of ['one', 'two', 'three']) await call('post', '/api-keys/').send({ name }).expect(201);
    const first = await call('get', '/api-keys/?limit=2').expect(200);
    expect((first.body as Body[]).map(({ name }) => name)).toEqual(['three', 'two']);
    const next = /<([^>]+)>; rel="next"/.exec((first.headers as { link: string }).link)?.[1] ?? '';
    const second = await call('get', next).expect(200);
    expect((second.body as Body[])[0]).toMatchObject({ name: 'one' });
  });

  it('are renamed, and the key stays the same', async () => {
    const { body } = await call('post', '/api-keys/')
      .send({ name: 'before', scopes: ['read'] })
      .expect(201);
    const { id, key } = body as Body & { key: string };
    const renamed = await call('patch', `/api-keys/${id}`).send({ name: 'after' }).expect(200);
    expect(renamed.body).toMatchObject({ id, name: 'after' });
    await call('get', '/account/', key).expect(200);
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['api_key.created', 'api_key.updated']);
  });

  it('are revoked once, however often one asks', async () => {
    const { body } = await call('post', '/api-keys/').send({ name: 'x' }).expect(201);
    const { id } = body as Body;
    versioner.clock.set('2040-03-02T15:00:00.000Z');
    await call('delete', `/api-keys/${id}`).expect(204, '');
    versioner.clock.set('2040-03-02T16:00:00.000Z');
    await call('delete', `/api-keys/${id}`).expect(204, '');
    const { body: shown } = await call('get', `/api-keys/${id}`).expect(200);
    expect(shown).toMatchObject({ revoked_at: '2040-03-02T15:00:00.000Z' });
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['api_key.created', 'api_key.revoked']);
  });

  it('are 404 with an id that nobody has', async () => {
    const path = '/api-keys/0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a40';
    for (const method of ['get', 'delete'] as const) await call(method, path).expect(404, { detail: 'Not found' });
    await call('patch', path).send({ name: 'x' }).expect(404, { detail: 'Not found' });
  });

  it('are not given twice for one idempotency key: the secret was shown once', async () => {
    const send = () => call('post', '/api-keys/').set('Idempotency-Key', 'make-a-key').send({ name: 'once' });
    const { headers } = await send().expect(201);
    const replay = await send().expect(409, { detail: 'Already created; its secret was shown once' });
    expect((replay.headers as { location: string }).location).toBe((headers as { location: string }).location);
    const kept = await query(versioner, `SELECT status_code, body FROM idempotency_keys WHERE key = 'make-a-key'`);
    expect(kept).toEqual([{ status_code: 201, body: null }]);
  });
});

it('shows nothing of another account, and changes nothing there', async () => {
  const other = await createAccount(versioner, 'other');
  const path = { key: '/api-keys/', token: '/personal-access-tokens/', feed: '/feed-tokens/' };
  const mine = {
    key: (await call('post', path.key).send({ name: 'mine' }).expect(201)).body as Body,
    token: (await call('post', path.token).send({ name: 'mine' }).expect(201)).body as Body,
    feed: (await call('post', path.feed).send({ kind: 'badge' }).expect(201)).body as Body,
  };
  for (const what of ['key', 'token', 'feed'] as const) {
    const { body: listed } = await call('get', path[what], other.adminToken).expect(200);
    expect(listed).not.toContainEqual(expect.objectContaining({ id: mine[what].id }));
    const id = path[what] + mine[what].id;
    await call('get', id, other.adminToken).expect(404, { detail: 'Not found' });
    await call('delete', id, other.adminToken).expect(404, { detail: 'Not found' });
    expect((await call('get', id).expect(200)).body).toMatchObject({ revoked_at: null });
  }
  for (const id of [path.key + mine.key.id, path.token + mine.token.id]) {
    await call('patch', id, other.adminToken).send({ name: 'theirs' }).expect(404, { detail: 'Not found' });
  }
  const user_id = mine.token['user_id'];
  await call('post', path.token, other.adminToken).send({ name: 'x', user_id }).expect(422);
  expect((await call('get', `${path.token}?user_id=${String(user_id)}`, other.adminToken).expect(200)).body).toEqual(
    [],
  );
  expect((await call('get', '/account/', other.adminToken).expect(200)).body).toMatchObject({ slug: 'other' });
});
