import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { createPerson } from './support/create-person.js';
import { query } from './support/database-of.js';
import { full } from './support/full.js';
import { Pipeline } from './support/pipeline.js';
import { idOf } from './support/use-versioner.js';

const start = '2026-03-02T14:00:00.000Z';
const random = 'a'.repeat(40);

describe('an invitation', () => {
  let versioner: RunningVersioner;
  let admin: Pipeline;

  beforeAll(async () => {
    // Failures are limited per address, and all of these come from one.
    versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '0' } });
    versioner.clock.set(start);
    admin = new Pipeline(versioner.url, versioner.adminToken);
  }, 60_000);
  afterAll(async () => versioner?.stop(), 60_000);

  const invited = async (fields: object = {}): Promise<{ userId: string; id: string; token: string }> => {
    const { userId } = await createPerson(versioner, 'viewer');
    const { body } = await admin.post(`/users/${userId}/invitations`, fields);
    const { id, token } = body as { id: string; token: string };
    return { userId, id, token };
  };
  const accept = async (authorization: string | null, init: { path?: string; body?: string } = {}) => {
    const response = await fetch(versioner.url + (init.path ?? '/invitations/accept'), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(authorization === null ? {} : { Authorization: authorization }),
      },
      body: init.body ?? '{}',
    });
    const headers = Object.fromEntries(response.headers);
    delete headers['date'];
    delete headers['x-request-id'];
    return { status: response.status, headers, body: await response.text() };
  };

  it('that is no good is the contract’s 401, the same to the byte, whatever is wrong', async () => {
    const used = await invited();
    expect((await accept(`Bearer ${used.token}`)).status).toBe(201);
    const revoked = await invited();
    await admin.delete(`/users/${revoked.userId}/invitations/${revoked.id}`);
    const expired = await invited({ expires_at: '2026-03-02T14:00:00.001Z' });
    const left = await invited();
    await admin.delete(`/users/${left.userId}`);
    const good = await invited();
    const feed = await admin.post('/feed-tokens/', { kind: 'badge' });
    versioner.clock.set('2026-03-02T14:00:00.001Z');

    const answers = [];
    for (const authorization of [
      null,
      '',
      'Bearer',
      'Bearer nonsense',
      good.token,
      `Basic ${good.token}`,
      `Bearer inv_default_${random}`,
      `Bearer inv_nobody_${random}`,
      `Bearer ${good.token}x`,
      `Bearer ${good.token.slice(0, -1)}`,
      `Bearer ${good.token.replace('inv_', 'pat_')}`,
      `Bearer ${used.token}`,
      `Bearer ${revoked.token}`,
      `Bearer ${expired.token}`,
      `Bearer ${left.token}`,
      `Bearer ${versioner.adminToken}`,
      `Bearer ${versioner.apiKey}`,
      `Bearer ${(feed.body as { token: string }).token}`,
    ]) {
      answers.push(await accept(authorization));
    }
    expect(answers[0]).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer' },
      body: '{"detail":"Invalid authentication credentials"}',
    });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await accept(`Bearer ${good.token}`)).status).toBe(201);
  });

  it('is judged before anything of the request is read, and wasted by no fault of it', async () => {
    const bad = `Bearer inv_default_${random}`;
    for (const init of [{ body: '{' }, { body: '{"name":1}' }, { path: '/invitations/accept?x=1' }]) {
      expect((await accept(bad, init)).status).toBe(401);
    }
    const { token } = await invited();
    expect((await accept(`Bearer ${token}`, { body: '{' })).status).toBe(400);
    expect((await accept(`Bearer ${token}`, { body: `{"name":"${'x'.repeat(2 ** 20)}"}` })).status).toBe(413);
    expect((await accept(`Bearer ${token}`, { body: '{"name":" "}' })).status).toBe(422);
    expect((await accept(`Bearer ${token}`, { path: '/invitations/accept?name=x' })).status).toBe(422);
    expect((await accept(`Bearer ${token}`, { path: `/invitations/accept?t=${token}` })).status).toBe(401);
    expect((await accept(`bearer  ${token}`)).status).toBe(201);
  });

  it('opens nothing else', async () => {
    const { token, userId, id } = await invited();
    const holder = new Pipeline(versioner.url, token);
    for (const path of ['/me', '/users/', `/users/${userId}/invitations/${id}`, '/nowhere']) {
      expect((await holder.get(path)).status).toBe(401);
    }
    expect((await holder.post('/personal-access-tokens/', { name: 'x' })).status).toBe(401);
    expect((await admin.get(`/roles/?token=${token}`)).status).toBe(401);
  });

  it('is accepted once, however many try at once, on two replicas', async () => {
    const replica = await startVersioner({ join: versioner });
    try {
      for (let round = 0; round < full(40, 8); round++) {
        const { token, userId } = await invited();
        const tries = [versioner, replica, versioner, replica].map(async ({ url }) =>
          new Pipeline(url, token).post('/invitations/accept', {}),
        );
        const statuses = (await Promise.all(tries)).map(({ status }) => status).sort((a, b) => a - b);
        expect(statuses).toEqual([201, 401, 401, 401]);
        // The one that createPerson made, and the one that came of the invitation.
        expect((await admin.get(`/personal-access-tokens/?user_id=${userId}`)).body).toHaveLength(2);
      }
    } finally {
      await replica.stop();
    }
  }, 120_000);

  it('is used up and makes a token, or neither, when it is revoked or its person deactivated meanwhile', async () => {
    for (let round = 0; round < full(40, 8); round++) {
      const { token, userId, id } = await invited();
      const ends =
        round % 2 === 0 ? admin.delete(`/users/${userId}/invitations/${id}`) : admin.delete(`/users/${userId}`);
      const [accepted, ended] = await Promise.all([
        new Pipeline(versioner.url, token).post('/invitations/accept', {}),
        ends,
      ]);
      const [row] = await query(
        versioner,
        'SELECT accepted_at IS NOT NULL AS used, revoked_at IS NOT NULL AS revoked FROM invitations WHERE id = $1',
        [id],
      );
      expect(row).toEqual({ used: accepted.status === 201, revoked: accepted.status !== 201 });
      expect(ended.status).toBe(round % 2 === 0 && accepted.status === 201 ? 409 : 204);
      const tokens = (await admin.get(`/personal-access-tokens/?user_id=${userId}`)).body as unknown[];
      expect(tokens).toHaveLength(accepted.status === 201 ? 2 : 1);
    }
  }, 120_000);
});

describe('failed acceptances', () => {
  let versioner: RunningVersioner;
  beforeAll(async () => {
    versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '5' } });
  }, 60_000);
  afterAll(async () => versioner?.stop(), 60_000);

  it('are limited per address with other failed authentications, and never a good invitation', async () => {
    const admin = new Pipeline(versioner.url, versioner.adminToken);
    const userId = idOf(await admin.post('/users/', { name: 'Mona', email: 'mona@example.com', role: 'viewer' }));
    const made = await admin.post(`/users/${userId}/invitations`, {});
    const bad = new Pipeline(versioner.url, `inv_default_${random}`);
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push((await bad.post('/invitations/accept', {})).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await new Pipeline(versioner.url, `pat_default_${random}`).get('/me')).status).toBe(429);
    const good = new Pipeline(versioner.url, (made.body as { token: string }).token);
    expect((await good.post('/invitations/accept', {})).status).toBe(201);
  });
});
