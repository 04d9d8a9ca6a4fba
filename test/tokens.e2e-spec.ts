import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from './support/documented-request.js';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { createPerson } from './support/create-person.js';
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

describe('personal-access-tokens', () => {
  const path = '/personal-access-tokens/';

  it('are created for oneself, shown once, listed, renamed and revoked', async () => {
    const { body, headers } = await call('post', path).send({ name: 'Laptop' }).expect(201);
    const { id, token, user_id } = body as Body & { token: string; user_id: string };
    expect(body).toEqual({
      id: uuid,
      name: 'Laptop',
      token: expect.stringMatching(/^pat_default_[0-9A-Za-z]{40}$/),
      prefix: token.slice(0, 'pat_default_'.length + 4),
      user_id: uuid,
      expires_at: null,
      created_at: '2040-03-02T14:00:00.000Z',
    });
    expect(headers).toMatchObject({ location: `/personal-access-tokens/${id}` });

    const renamed = await call('patch', path + id, token)
      .send({ name: 'Old laptop' })
      .expect(200);
    expect(renamed.body).toEqual({
      id,
      kind: 'token',
      name: 'Old laptop',
      prefix: token.slice(0, 'pat_default_'.length + 4),
      user_id,
      issuer: null,
      expires_at: null,
      created_at: '2040-03-02T14:00:00.000Z',
      last_used_at: null,
      created_by: user_id,
      revoked_at: null,
    });
    // By then its use may have been noted.
    const { last_used_at: _, ...shown } = renamed.body as Body;
    for (const list of [path, `${path}?user_id=${user_id}`]) {
      expect((await call('get', list).expect(200)).body).toContainEqual(expect.objectContaining(shown));
    }

    await call('delete', path + id, token).expect(204, '');
    await call('get', path, token).expect(401);
    const actions = (await auditOf(id)).map(({ action }) => action);
    expect(actions).toEqual(['created', 'renamed', 'revoked'].map((verb) => `personal_access_token.${verb}`));
  });

  it('of an unknown user are refused', async () => {
    await call('post', path)
      .send({ name: 'x', user_id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a41' })
      .expect(422, { detail: [{ loc: ['body', 'user_id'], msg: 'unknown user', type: 'value_error.unknown' }] });
  });

  it('of somebody else are for an admin alone', async () => {
    const viewer = await createPerson(versioner, 'viewer');
    const theirs = (await call('get', path + viewer.tokenId).expect(200)).body as Body;
    expect(theirs).toMatchObject({ user_id: viewer.userId });
    const adminsOwn = ((await call('get', path).expect(200)).body as (Body & { user_id: string })[])[0]!;
    const ofAdmin = adminsOwn.user_id;

    const forbidden = { detail: 'You do not have permission to perform this action' };
    expect((await call('get', path, viewer.token).expect(200)).body).toEqual([
      expect.objectContaining({ id: theirs.id }),
    ]);
    await call('get', `${path}?user_id=${ofAdmin}`, viewer.token).expect(403, forbidden);
    await call('post', path, viewer.token).send({ name: 'x', user_id: ofAdmin }).expect(403, forbidden);
    await call('get', path + adminsOwn.id, viewer.token).expect(404, { detail: 'Not found' });
    await call('patch', path + adminsOwn.id, viewer.token)
      .send({ name: 'x' })
      .expect(404, { detail: 'Not found' });
    await call('delete', path + adminsOwn.id, viewer.token).expect(404, { detail: 'Not found' });
    await call('delete', path + theirs.id).expect(204);
    await call('get', path, viewer.token).expect(401);
  });

  it('are made to expire earlier, never later', async () => {
    const { body } = await call('post', path).send({ name: 'Loan', expires_at: '2040-03-05T14:00:00Z' }).expect(201);
    const { id, token } = body as Body & { token: string };
    const end = (expires_at: string | null) => call('patch', path + id, token).send({ expires_at });
    const refused = (msg: string, type: string) => ({ detail: [{ loc: ['body', 'expires_at'], msg, type }] });
    await end('2040-03-05T14:00:00.001Z').expect(
      422,
      refused('date is later than so far: make a new token', 'value_error.date.too_late'),
    );
    await end('2040-03-02T14:00:00Z').expect(
      422,
      refused('date is not in the future', 'value_error.date.not_in_the_future'),
    );
    await end(null).expect(422, refused('none is not an allowed value', 'type_error.none.not_allowed'));
    await end('2040-03-05T15:00:00+01:00').expect(200);
    const sooner = await end('2040-03-03T14:00:00Z').expect(200);
    expect(sooner.body).toMatchObject({ name: 'Loan', expires_at: '2040-03-03T14:00:00.000Z' });
    expect(await auditOf(id)).toMatchObject([
      { action: 'personal_access_token.created' },
      {
        action: 'personal_access_token.updated',
        before: { expires_at: '2040-03-05T14:00:00.000Z' },
        after: { expires_at: '2040-03-03T14:00:00.000Z' },
      },
    ]);
    await call('get', path, token).expect(200);
    versioner.clock.set('2040-03-03T14:00:00.000Z');
    await call('get', path, token).expect(401);

    versioner.clock.set('2040-03-02T14:00:00.000Z');
    const endless = (await call('post', path).send({ name: 'Endless' }).expect(201)).body as Body;
    await call('patch', path + endless.id)
      .send({ expires_at: '2099-01-01T00:00:00Z', name: 'Long' })
      .expect(200);
  });

  it('of a service account are an admin’s to make, list, rename and revoke', async () => {
    const robot = await createPerson(versioner, 'sre', { kind: 'service' });
    const made = await call('post', path).send({ name: 'ci', user_id: robot.userId }).expect(201);
    const { id, token } = made.body as Body & { token: string };
    const list = async (query: string) =>
      ((await call('get', `${path}?user_id=${robot.userId}${query}`).expect(200)).body as Body[]).map((t) => t.id);
    expect((await list('')).sort()).toEqual([robot.tokenId, id].sort());
    await call('patch', path + id)
      .send({ name: 'terraform' })
      .expect(200);
    await call('delete', path + id).expect(204);
    await call('get', '/account/', token).expect(401);
    expect(await list('&active=true')).toEqual([robot.tokenId]);
    expect(await list('&active=false')).toEqual([id]);
    const expiring = await call('post', path)
      .send({ name: 'short', user_id: robot.userId, expires_at: '2040-03-02T15:00:00Z' })
      .expect(201);
    expect(await list('&active=true')).toContain((expiring.body as Body).id);
    versioner.clock.set('2040-03-02T15:00:00.000Z');
    expect(await list('&active=true')).toEqual([robot.tokenId]);
    expect((await list('&active=false')).sort()).toEqual([id, (expiring.body as Body).id].sort());
  });

  it('that are sign-ins at an issuer are shown as such, and are the issuer’s to end', async () => {
    const person = await createPerson(versioner, 'viewer');
    const issuer = 'https://id.example.com';
    await query(versioner, 'UPDATE personal_access_tokens SET issuer = $2, subject = $3 WHERE id = $1', [
      person.tokenId,
      issuer,
      'mona',
    ]);
    const shown = (await call('get', path + person.tokenId).expect(200)).body as Body;
    expect(shown).toMatchObject({ kind: 'single_sign_on', issuer });
    expect((await call('get', `${path}?user_id=${person.userId}`).expect(200)).body).toMatchObject([
      { kind: 'single_sign_on' },
    ]);
    const detail = `This is a sign-in at ${issuer}, not a token: deactivate the person with DELETE /users/${person.userId}, or take them out at the issuer`;
    await call('delete', path + person.tokenId).expect(409, { detail });
    await call('patch', path + person.tokenId)
      .send({ name: 'x' })
      .expect(409, { detail });
    expect((await call('get', path + person.tokenId).expect(200)).body).toMatchObject({
      name: shown['name'],
      revoked_at: null,
    });
  });
});

describe('feed-tokens', () => {
  it('are created for all or for one product and environment, by name or id, and revoked', async () => {
    const key = (await call('post', '/api-keys/').send({ name: 'pipeline' }).expect(201)).body as { key: string };
    const deployment = await call('post', '/deployment-events/', key.key)
      .send({ product_name: 'my-service', version: '1.0.0', environment_name: 'production', status: 'completed' })
      .expect(201);
    const { product_id, environment_id } = deployment.body as { product_id: string; environment_id: string };

    const all = await call('post', '/feed-tokens/').send({ kind: 'calendar', product: '' }).expect(201);
    expect(all.body).toEqual({
      id: uuid,
      kind: 'calendar',
      token: expect.stringMatching(/^feed_default_[0-9A-Za-z]{40}$/),
      prefix: (all.body as { token: string }).token.slice(0, 'feed_default_'.length + 4),
      product_id: null,
      product_name: null,
      environment_id: null,
      environment_name: null,
      created_by: uuid,
      created_at: '2040-03-02T14:00:00.000Z',
      revoked_at: null,
    });
    const one = await call('post', '/feed-tokens/')
      .send({ kind: 'badge', product: 'My-Service', environment: environment_id })
      .expect(201);
    expect(one.body).toMatchObject({
      product_id,
      product_name: 'my-service',
      environment_id,
      environment_name: 'production',
    });

    const { id, token, ...shown } = one.body as Body & { token: string };
    expect(token).toBeTruthy();
    expect((await call('get', `/feed-tokens/${id}`).expect(200)).body).toEqual({ id, ...shown });
    expect((await call('get', '/feed-tokens/').expect(200)).body).toContainEqual({ id, ...shown });
    await call('delete', `/feed-tokens/${id}`).expect(204, '');
    await call('delete', `/feed-tokens/${id}`).expect(204, '');
    expect((await auditOf(id)).map(({ action }) => action)).toEqual(['feed_token.created', 'feed_token.revoked']);
  });

  it('name what they do not know, all at once', async () => {
    await call('post', '/feed-tokens/')
      .send({ kind: 'badge', product: 'nobody', environment: 'nowhere' })
      .expect(422, {
        detail: [
          { loc: ['body', 'product'], msg: 'unknown product', type: 'value_error.unknown' },
          { loc: ['body', 'environment'], msg: 'unknown environment', type: 'value_error.unknown' },
        ],
      });
  });
});
