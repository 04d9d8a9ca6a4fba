import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { Pipeline } from './support/pipeline.js';
import { unknownId } from './support/reader.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const mona = { email: 'mona@example.com', name: 'Mona Lisa', role: 'developer' };
type Created = { id: string; token: string; user_id: string };

describe('invitations', () => {
  const bed = useVersioner();
  const person = async (fields: object = {}): Promise<string> =>
    idOf(await bed.admin.post('/users/', { ...mona, ...fields }));
  const invite = async (userId: string, fields: object = {}): Promise<Created> => {
    const { status, body } = await bed.admin.post(`/users/${userId}/invitations`, fields);
    expect(status).toBe(201);
    return body as Created;
  };
  const accept = async (token: string, fields: object = {}) =>
    new Pipeline(bed.versioner.url, token).post('/invitations/accept', fields);
  const audits = async (id: string) =>
    bed.rows(
      `SELECT action, actor_kind, user_id, address IS NOT NULL AS from_somewhere, request_id IS NOT NULL AS traced, before, after
       FROM audit_log WHERE resource_id = $1 ORDER BY at, id`,
      [id],
    );

  it('are made, accepted once, and make a token that works', async () => {
    const userId = await person();
    const { status, headers, body } = await bed.admin.post(`/users/${userId}/invitations`, {});
    const { id, token } = body as Created;
    expect([status, headers.get('location')]).toEqual([201, `/users/${userId}/invitations/${id}`]);
    expect(body).toEqual({
      id: uuid,
      user_id: userId,
      token: expect.stringMatching(/^inv_default_[0-9A-Za-z]{40}$/),
      prefix: token.slice(0, 'inv_default_'.length + 4),
      expires_at: '2026-03-09T14:00:00.000Z',
      created_at: testStart,
    });
    const { token: _, ...shown } = body as Created;
    const open = { ...shown, accepted_at: null, revoked_at: null, created_by: uuid };
    expect((await bed.admin.get(`/users/${userId}/invitations/${id}`)).body).toEqual(open);

    bed.clock.set('2026-03-03T10:00:00.000Z');
    const accepted = await accept(token, { name: 'Laptop' });
    const first = accepted.body as Created;
    expect(accepted).toMatchObject({ status: 201 });
    expect(accepted.headers.get('location')).toBe(`/personal-access-tokens/${first.id}`);
    expect(first).toEqual({
      id: uuid,
      name: 'Laptop',
      token: expect.stringMatching(/^pat_default_[0-9A-Za-z]{40}$/),
      prefix: first.token.slice(0, 'pat_default_'.length + 4),
      user_id: userId,
      expires_at: null,
      created_at: '2026-03-03T10:00:00.000Z',
    });
    expect((await new Pipeline(bed.versioner.url, first.token).get('/me')).body).toMatchObject({ id: userId, ...mona });
    const used = { ...open, accepted_at: '2026-03-03T10:00:00.000Z' };
    expect((await bed.admin.get(`/users/${userId}/invitations`)).body).toEqual([used]);

    const by = { actor_kind: 'user', from_somewhere: true, traced: true };
    expect(await audits(id)).toEqual([
      { ...by, action: 'invitation.created', user_id: open.created_by, before: null, after: open },
      { ...by, action: 'invitation.accepted', user_id: userId, before: open, after: used },
    ]);
    expect(await audits(first.id)).toMatchObject([
      { ...by, action: 'personal_access_token.created', user_id: userId, after: { created_by: userId } },
    ]);
    expect((await accept(token)).status).toBe(401);
  });

  it('call the token something where the person does not', async () => {
    const { token } = await invite(await person());
    expect((await accept(token)).body).toMatchObject({ name: 'First token' });
  });

  it('are stored as a SHA-256 and nothing else', async () => {
    const { id, token } = await invite(await person());
    const random = token.slice(-30);
    expect(
      await bed.rows(
        `SELECT secret_hash = sha256(convert_to($2, 'UTF8')) AS hashed, invitations::text LIKE '%' || $3 || '%' AS leaked
         FROM invitations WHERE id = $1`,
        [id, token, random],
      ),
    ).toEqual([{ hashed: true, leaked: false }]);
    expect(JSON.stringify(await bed.rows('SELECT * FROM audit_log'))).not.toContain(random);
  });

  it('take an end within thirty days', async () => {
    const userId = await person();
    const latest = '2026-04-01T14:00:00.000Z';
    expect(await invite(userId, { expires_at: latest })).toMatchObject({ expires_at: latest });
    for (const [expires_at, msg, type] of [
      ['2026-04-01T14:00:00.001Z', 'date is more than 30 days ahead', 'value_error.date.too_late'],
      [testStart, 'date is not in the future', 'value_error.date.not_in_the_future'],
      ['soon', 'invalid datetime format', 'value_error.datetime'],
    ]) {
      expect(await bed.admin.post(`/users/${userId}/invitations`, { expires_at })).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body', 'expires_at'], msg, type }] },
      });
    }
    // What is refused revokes nothing.
    expect((await bed.admin.get(`/users/${userId}/invitations`)).body).toMatchObject([{ revoked_at: null }]);
  });

  it('revoke the one before, and are revoked', async () => {
    const userId = await person();
    const first = await invite(userId);
    bed.clock.set('2026-03-03T10:00:00.000Z');
    const second = await invite(userId);
    expect((await accept(first.token)).status).toBe(401);
    const path = `/users/${userId}/invitations/`;
    expect((await bed.admin.get(path)).body).toMatchObject([
      { id: second.id, revoked_at: null },
      { id: first.id, revoked_at: '2026-03-03T10:00:00.000Z' },
    ]);
    expect(await bed.admin.list(`${path}?limit=1`)).toHaveLength(2);
    for (const _ of [1, 2]) expect((await bed.admin.delete(path + second.id)).status).toBe(204);
    expect((await accept(second.token)).status).toBe(401);
    for (const { id } of [first, second]) {
      expect(await audits(id)).toMatchObject([{ action: 'invitation.created' }, { action: 'invitation.revoked' }]);
    }
    const third = await invite(userId);
    expect((await accept(third.token)).status).toBe(201);
    const refused = await bed.admin.delete(path + third.id);
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('revoke the token') } });
  });

  it('are not revoked by who has seen an older state', async () => {
    const userId = await person();
    const { id, token } = await invite(userId);
    const path = `/users/${userId}/invitations/${id}`;
    const tag = (await bed.admin.get(path)).headers.get('etag')!;
    await accept(token);
    const stale = await fetch(bed.versioner.url + path, {
      method: 'DELETE',
      headers: { Authorization: `Bearer ${bed.versioner.adminToken}`, 'If-Match': tag },
    });
    expect(stale.status).toBe(412);
  });

  it('are for people who are active', async () => {
    const robot = await person({ kind: 'service', email: null, name: 'terraform' });
    expect(await bed.admin.post(`/users/${robot}/invitations`, {})).toMatchObject({
      status: 409,
      body: {
        detail: `terraform is a service account and accepts nothing: make a token for it with POST /personal-access-tokens/ and user_id ${robot}`,
      },
    });
    const userId = await person();
    await bed.admin.delete(`/users/${userId}`);
    expect(await bed.admin.post(`/users/${userId}/invitations`, {})).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('activate them first') },
    });
    await bed.admin.patch(`/users/${userId}`, { deactivated: false });
    const { token } = await invite(userId);
    expect((await accept(token)).status).toBe(201);
  });

  const deactivate = [
    ['DELETE', async (path: string) => bed.admin.delete(path)],
    ['PATCH', async (path: string) => bed.admin.patch(path, { deactivated: true })],
  ] as const;

  it.each(deactivate)('are revoked when their person is deactivated, for good: %s', async (_, send) => {
    const userId = await person();
    const used = await invite(userId);
    await accept(used.token);
    const { id, token } = await invite(userId);
    const stranger = await invite(await person({ email: 'grace@example.com' }));
    bed.clock.set('2026-03-03T10:00:00.000Z');
    expect([200, 204]).toContain((await send(`/users/${userId}`)).status);

    const path = `/users/${userId}/invitations/`;
    const revoked_at = '2026-03-03T10:00:00.000Z';
    expect((await bed.admin.get(path + id)).body).toMatchObject({ accepted_at: null, revoked_at });
    expect((await bed.admin.get(path + used.id)).body).toMatchObject({ accepted_at: testStart, revoked_at: null });
    const me = idOf(await bed.admin.get('/me'));
    expect(await audits(id)).toMatchObject([
      { action: 'invitation.created' },
      { action: 'invitation.revoked', user_id: me, before: { revoked_at: null }, after: { revoked_at } },
    ]);

    bed.clock.set('2026-03-04T10:00:00.000Z');
    // Once more changes nothing, nor does activating.
    await send(`/users/${userId}`);
    await bed.admin.patch(`/users/${userId}`, { deactivated: false });
    expect((await accept(token)).status).toBe(401);
    expect(await audits(id)).toHaveLength(2);
    expect((await accept(stranger.token)).status).toBe(201);
    expect((await accept((await invite(userId)).token)).status).toBe(201);
  });

  it('are made with the person where that is asked for', async () => {
    const made = await bed.admin.post('/users/', { ...mona, invite: true });
    const { id, invitation } = made.body as { id: string; invitation: Created };
    expect(made).toMatchObject({ status: 201, body: mona });
    expect((await accept(invitation.token)).body).toMatchObject({ user_id: id });
    expect(await audits(invitation.id)).toHaveLength(2);
    const robot = { kind: 'service', name: 'terraform', role: 'sre', invite: true };
    expect(await bed.admin.post('/users/', robot)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'invite'], type: 'value_error.service_account' }] },
    });
    expect((await bed.admin.get('/users/?kind=service')).body).toEqual([]);
  });

  it('are not given twice for one Idempotency-Key: the secret was shown once', async () => {
    const userId = await person();
    for (const [path, body, location] of [
      [`/users/${userId}/invitations`, {}, new RegExp(`^/users/${userId}/invitations/`)],
      ['/users/', { ...mona, email: 'other@example.com', invite: true }, /^\/users\/[^/]+$/],
    ] as const) {
      const key = randomUUID();
      const send = async () =>
        fetch(bed.versioner.url + path, {
          method: 'POST',
          headers: {
            Authorization: `Bearer ${bed.versioner.adminToken}`,
            'Content-Type': 'application/json',
            'Idempotency-Key': key,
          },
          body: JSON.stringify(body),
        });
      expect((await send()).status).toBe(201);
      const replay = await send();
      expect([replay.status, await replay.json()]).toEqual([
        409,
        { detail: 'Already created; its secret was shown once' },
      ]);
      expect(replay.headers.get('location')).toMatch(location);
    }
    expect(JSON.stringify(await bed.rows('SELECT * FROM idempotency_keys'))).not.toContain('inv_');
    expect(await bed.rows('SELECT FROM invitations')).toHaveLength(2);
  });

  it('are for admins alone, and of one account and one person alone', async () => {
    const userId = await person();
    const { id } = await invite(userId);
    const other = await createPerson(bed.versioner, 'release_manager');
    const manager = new Pipeline(bed.versioner.url, other.token);
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    for (const [caller, status] of [
      [manager, 403],
      [bed.pipeline, 403],
      [stranger, 404],
    ] as const) {
      for (const reply of [
        await caller.post(`/users/${userId}/invitations`, {}),
        await caller.get(`/users/${userId}/invitations`),
        await caller.get(`/users/${userId}/invitations/${id}`),
        await caller.delete(`/users/${userId}/invitations/${id}`),
      ]) {
        expect(reply.status).toBe(status);
      }
    }
    for (const path of [`${other.userId}/invitations/${id}`, `${userId}/invitations/${unknownId}`]) {
      expect((await bed.admin.get(`/users/${path}`)).status).toBe(404);
      expect((await bed.admin.delete(`/users/${path}`)).status).toBe(404);
    }
    expect((await bed.admin.get(`/users/${unknownId}/invitations`)).status).toBe(404);
    expect((await bed.admin.post(`/users/${unknownId}/invitations`, {})).status).toBe(404);
    expect((await bed.admin.get(`/users/${userId}/invitations/${id}`)).body).toMatchObject({ revoked_at: null });
  });

  it('leave one open where several are made at once', async () => {
    const userId = await person();
    const made = await Promise.all(Array.from({ length: 8 }, () => invite(userId)));
    const accepted = [];
    for (const { token } of made) accepted.push((await accept(token)).status);
    expect(accepted.filter((status) => status === 201)).toHaveLength(1);
    expect(accepted.filter((status) => status === 401)).toHaveLength(7);
  });
});
