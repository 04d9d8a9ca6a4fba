import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { policyRevision } from './support/approvals.js';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { request } from './support/documented-request.js';
import { unknownId } from './support/reader.js';
import { idOf, testStart, useVersioner } from './support/use-versioner.js';

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const mona = {
  email: 'Mona@Example.com',
  name: ' Mona Lisa ',
  role: 'developer',
  approver_roles: ['team-lead', ' Team-Lead ', 'manager'],
  logins: ['octocat', 'OctoCat', 'mona'],
};
type User = Record<string, unknown> & { id: string };

describe('users', () => {
  const bed = useVersioner();
  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, secret = bed.versioner.adminToken) =>
    request(bed.versioner.url)[method](path).set('Authorization', `Bearer ${secret}`);

  const create = async (fields: object = {}): Promise<User> =>
    (
      await call('post', '/users/')
        .send({ ...mona, ...fields })
        .expect(201)
    ).body as User;
  const audits = async (id: string): Promise<unknown[]> =>
    bed.rows('SELECT action, before, after FROM audit_log WHERE resource_id = $1 ORDER BY at, id', [id]);
  const roles = async (id: string): Promise<unknown[]> =>
    (
      await bed.rows(
        'SELECT role, approver_roles, valid_from, valid_to FROM user_roles WHERE user_id = $1 ORDER BY valid_from',
        [id],
      )
    ).map(({ role, approver_roles, valid_from, valid_to }) => [
      role,
      approver_roles,
      (valid_from as Date).toISOString(),
      (valid_to as Date | null)?.toISOString() ?? null,
    ]);

  it('are created, listed, read and changed', async () => {
    const { body, headers } = await call('post', '/users/').send(mona).expect(201);
    const user = body as User;
    expect(user).toEqual({
      id: uuid,
      kind: 'person',
      email: 'Mona@Example.com',
      name: 'Mona Lisa',
      role: 'developer',
      approver_roles: ['team-lead', 'manager'],
      logins: ['octocat', 'mona'],
      permissions: [
        'read',
        'tokens:own',
        'requests:write',
        'deployments:write',
        'slots:approve',
        'versions:approve',
        'keys:read',
      ],
      approval_types: ['code_review'],
      created_at: testStart,
      updated_at: testStart,
      deactivated_at: null,
    });
    expect(headers).toMatchObject({ location: `/users/${user.id}` });
    expect(await bed.admin.get(`/users/${user.id}`)).toMatchObject({ status: 200, body: user });
    expect((await bed.admin.get('/users/')).body).toEqual([expect.objectContaining({ name: 'Admin' }), user]);

    bed.clock.set('2026-03-03T10:00:00.000Z');
    const changes = { email: 'lisa@example.com', name: 'Lisa', role: 'qa', approver_roles: [], logins: ['lisa'] };
    const rights = {
      permissions: ['read', 'tokens:own', 'slots:approve', 'versions:approve'],
      approval_types: ['qa', 'performance'],
    };
    const after = { ...user, ...changes, ...rights, updated_at: '2026-03-03T10:00:00.000Z' };
    await call('patch', `/users/${user.id}`).send(changes).expect(200, after);
    expect((await bed.admin.get(`/users/${user.id}`)).body).toEqual(after);
    expect(await audits(user.id)).toEqual([
      { action: 'user.created', before: null, after: user },
      { action: 'user.updated', before: user, after },
    ]);
  });

  it('are listed page by page', async () => {
    for (let n = 0; n < 6; n++) {
      if (n % 2 === 0) bed.clock.advance(1000);
      await create({ email: `person-${n}@example.com` });
    }
    const all = (await bed.admin.get('/users/')).body as User[];
    expect(all).toHaveLength(7);
    const keys = all.map(({ created_at, id }) => `${String(created_at)} ${id}`);
    expect(keys).toEqual(keys.toSorted().toReversed());
    for (const limit of [1, 3]) expect(await bed.admin.list(`/users/?limit=${limit}`)).toEqual(all);
  });

  it('hold their role and approver roles from when to when', async () => {
    const { id } = await create();
    const before = await policyRevision(bed);
    bed.clock.set('2026-03-03T10:00:00.000Z');
    await call('patch', `/users/${id}`).send({ role: 'qa' }).expect(200);
    bed.clock.set('2026-03-04T10:00:00.000Z');
    await call('patch', `/users/${id}`)
      .send({ approver_roles: ['owner'] })
      .expect(200);
    await call('patch', `/users/${id}`)
      .send({ approver_roles: ['chief'] })
      .expect(200);
    await call('patch', `/users/${id}`).send({ name: 'Lisa' }).expect(200);
    expect(await roles(id)).toEqual([
      ['developer', ['team-lead', 'manager'], testStart, '2026-03-03T10:00:00.000Z'],
      ['qa', ['team-lead', 'manager'], '2026-03-03T10:00:00.000Z', '2026-03-04T10:00:00.000Z'],
      // What was for less than a millisecond is no history.
      ['qa', ['chief'], '2026-03-04T10:00:00.000Z', null],
    ]);
    expect(await policyRevision(bed)).toBe(before + 4);
  });

  it('are left as they are where nothing would change', async () => {
    const user = await create();
    const before = await policyRevision(bed);
    bed.clock.set('2026-03-03T10:00:00.000Z');
    for (const changes of [{}, { role: 'developer', logins: ['octocat', 'mona'], deactivated: false }]) {
      await call('patch', `/users/${user.id}`).send(changes).expect(200, user);
    }
    expect([await policyRevision(bed), (await audits(user.id)).length]).toEqual([before, 1]);
  });

  it('are not changed by who has seen an older state', async () => {
    const { id } = await create();
    const tag = (await bed.admin.get(`/users/${id}`)).headers.get('etag')!;
    const edit = (name: string) => call('patch', `/users/${id}`).set('If-Match', tag).send({ name });
    await edit('First').expect(200);
    await edit('Second').expect(412);
    await call('delete', `/users/${id}`).set('If-Match', tag).expect(412);
    expect((await bed.admin.get(`/users/${id}`)).body).toMatchObject({ name: 'First', deactivated_at: null });
  });

  it('are created once under one Idempotency-Key', async () => {
    const key = randomUUID();
    const first = await call('post', '/users/').set('Idempotency-Key', key).send(mona).expect(201);
    const again = await call('post', '/users/').set('Idempotency-Key', key).send(mona).expect(201);
    expect([again.body, again.headers['idempotency-replayed'], again.headers['location']]).toEqual([
      first.body,
      'true',
      first.headers['location'],
    ]);
    expect(await bed.rows('SELECT FROM users')).toHaveLength(2);
  });

  it('share no e-mail, whatever its letter case', async () => {
    const first = await create();
    const taken = { detail: `The e-mail mona@EXAMPLE.com belongs to the user ${first.id} already` };
    await call('post', '/users/')
      .send({ ...mona, email: 'mona@EXAMPLE.com' })
      .expect(409, taken);
    const other = await create({ email: 'other@example.com' });
    await call('patch', `/users/${other.id}`).send({ email: 'mona@EXAMPLE.com' }).expect(409, taken);
    await call('patch', `/users/${first.id}`).send({ email: 'mona@EXAMPLE.com' }).expect(200);
    await call('delete', `/users/${first.id}`).expect(204);
    await call('post', '/users/')
      .send(mona)
      .expect(409, {
        detail: `The e-mail Mona@Example.com belongs to the deactivated user ${first.id}: activate them again instead`,
      });
  });

  it('come into being once where several are created at once', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => bed.admin.post('/users/', mona)));
    const refused = replies.filter(({ status }) => status === 409);
    expect([refused.length, replies.find(({ status }) => status === 201)]).toEqual([7, expect.anything()]);
  });

  it('are made with sense, and told every fault at once', async () => {
    const faulty = { kind: 'robot', email: 'nobody', name: ' ', role: 'root', approver_roles: [' ', 1], logins: 'me' };
    await call('post', '/users/')
      .send(faulty)
      .expect(422, {
        detail: [
          {
            loc: ['body', 'kind'],
            msg: "value is not a valid enumeration member; permitted: 'person', 'service'",
            type: 'type_error.enum',
          },
          { loc: ['body', 'email'], msg: 'value is not a valid email address', type: 'value_error.email' },
          {
            loc: ['body', 'name'],
            msg: 'ensure this value has at least 1 characters',
            type: 'value_error.any_str.min_length',
          },
          {
            loc: ['body', 'role'],
            msg: "value is not a valid enumeration member; permitted: 'admin', 'release_manager', 'product', 'developer', 'sre', 'qa', 'security', 'compliance', 'billing', 'viewer'",
            type: 'type_error.enum',
          },
          {
            loc: ['body', 'approver_roles', 0],
            msg: 'ensure this value has at least 1 characters',
            type: 'value_error.any_str.min_length',
          },
          { loc: ['body', 'approver_roles', 1], msg: 'str type expected', type: 'type_error.str' },
          { loc: ['body', 'logins'], msg: 'value is not a valid list', type: 'type_error.list' },
        ],
      });
    const long = { approver_roles: Array.from({ length: 51 }, (_, n) => `role-${n}`), logins: ['😀'.repeat(101)] };
    const { detail } = (
      await call('post', '/users/')
        .send({ ...mona, ...long })
        .expect(422)
    ).body as {
      detail: { loc: unknown[] }[];
    };
    expect(detail.map(({ loc }) => loc)).toEqual([
      ['body', 'approver_roles'],
      ['body', 'logins', 0],
    ]);
    await create({ approver_roles: ['😀'.repeat(100)] });
    const { email: _, ...withoutEmail } = mona;
    await call('post', '/users/')
      .send(withoutEmail)
      .expect(422, { detail: [{ loc: ['body', 'email'], msg: 'field required', type: 'value_error.missing' }] });
  });

  it('may be service accounts, without a mail and without a say', async () => {
    const robot = { kind: 'service', name: 'terraform', role: 'admin' };
    const user = (await call('post', '/users/').send(robot).expect(201)).body as User;
    expect(user).toMatchObject({ ...robot, email: null, approver_roles: [], logins: [] });
    const type = 'value_error.service_account';
    const faults = {
      detail: [
        { loc: ['body', 'email'], msg: 'a service account has no e-mail', type },
        { loc: ['body', 'approver_roles'], msg: 'a service account may not approve', type },
      ],
    };
    const fields = { email: 'robot@example.com', approver_roles: ['lead'] };
    await call('post', '/users/')
      .send({ ...robot, ...fields })
      .expect(422, faults);
    await call('patch', `/users/${user.id}`).send(fields).expect(422, faults);
    await call('patch', `/users/${user.id}`)
      .send({ logins: ['bot'], role: 'sre', approver_roles: [] })
      .expect(200);
  });

  it('are for admins alone, and of one account alone', async () => {
    const { id } = await create();
    const stranger = await createStranger(bed.versioner);
    const manager = await createPerson(bed.versioner, 'release_manager');
    for (const [secret, status] of [
      [manager.token, 403],
      [bed.versioner.apiKey, 403],
      [stranger, 404],
    ] as const) {
      await call('get', `/users/${id}`, secret).expect(status);
      await call('patch', `/users/${id}`, secret).send({ role: 'admin' }).expect(status);
      await call('delete', `/users/${id}`, secret).expect(status);
    }
    for (const secret of [manager.token, bed.versioner.apiKey]) {
      await call('get', '/users/', secret).expect(403);
      await call('post', '/users/', secret).send(mona).expect(403);
    }
    await call('patch', `/users/${unknownId}`).send({ role: 'admin' }).expect(404);
    expect((await call('get', '/users/', stranger).expect(200)).body).toHaveLength(1);
  });

  it('take an event’s id for nothing else', async () => {
    const deployment = await bed.report();
    await call('get', `/users/${idOf(deployment)}`).expect(404);
  });
});
