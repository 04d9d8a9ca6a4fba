import { describe, expect, it } from '@jest/globals';
import { startVersioner } from '../src/testing/start-versioner.js';
import { createPerson } from './support/create-person.js';
import { request } from './support/documented-request.js';
import { full } from './support/full.js';
import { Pipeline } from './support/pipeline.js';
import { useVersioner } from './support/use-versioner.js';

type User = Record<string, unknown> & { id: string };

describe('users', () => {
  const bed = useVersioner();
  const call = (method: 'get' | 'post' | 'patch' | 'delete', path: string, secret = bed.versioner.adminToken) =>
    request(bed.versioner.url)[method](path).set('Authorization', `Bearer ${secret}`);
  const admin = async (): Promise<User> =>
    ((await bed.admin.get('/users/')).body as User[]).find(({ name }) => name === 'Admin')!;
  const audits = async (id: string): Promise<unknown[]> =>
    bed.rows('SELECT action FROM audit_log WHERE resource_id = $1 ORDER BY at, id', [id]);

  it('are deactivated, and activated again, and say so', async () => {
    const { userId, token } = await createPerson(bed.versioner, 'qa');
    bed.clock.set('2026-03-03T10:00:00.000Z');
    await call('get', '/account/', token).expect(200);
    await call('delete', `/users/${userId}`).expect(204, '');
    await call('get', '/account/', token).expect(401);
    const deactivated = (await bed.admin.get(`/users/${userId}`)).body;
    expect(deactivated).toMatchObject({
      deactivated_at: '2026-03-03T10:00:00.000Z',
      role: 'qa',
      permissions: [],
      approval_types: [],
    });

    bed.clock.set('2026-03-04T10:00:00.000Z');
    await call('delete', `/users/${userId}`).expect(204);
    await call('patch', `/users/${userId}`)
      .send({ deactivated: true })
      .expect(200, deactivated as User);
    await call('patch', `/users/${userId}`).send({ deactivated: false }).expect(200);
    await call('get', '/account/', token).expect(200);
    await call('patch', `/users/${userId}`).send({ deactivated: true }).expect(200);
    await call('get', '/account/', token).expect(401);
    const actions = ['created', 'deactivated', 'activated', 'deactivated'].map((verb) => ({ action: `user.${verb}` }));
    expect(await audits(userId)).toMatchObject(actions);
  });

  it('get no token while they are deactivated; service accounts and others get one from an admin', async () => {
    const robot = await createPerson(bed.versioner, 'sre', { kind: 'service', name: 'terraform' });
    const token = await call('post', '/personal-access-tokens/')
      .send({ name: 'ci', user_id: robot.userId })
      .expect(201);
    const { token: secret } = token.body as { token: string };
    await call('get', '/account/', secret).expect(200);
    await call('delete', `/users/${robot.userId}`).expect(204);
    await call('post', '/personal-access-tokens/')
      .send({ name: 'ci', user_id: robot.userId })
      .expect(409, { detail: 'terraform is deactivated and could not use a token: activate them first' });
    await call('get', '/account/', secret).expect(401);
  });

  it('change neither their own role nor their own approver roles, nor deactivate themselves', async () => {
    const { id } = await admin();
    const roles = { detail: 'Nobody changes their own role or approver roles: ask another admin' };
    await call('patch', `/users/${id}`).send({ role: 'viewer' }).expect(409, roles);
    await call('patch', `/users/${id}`)
      .send({ approver_roles: ['lead'] })
      .expect(409, roles);
    const themselves = { detail: 'Nobody deactivates themselves: ask another admin' };
    await call('patch', `/users/${id}`).send({ deactivated: true }).expect(409, themselves);
    await call('delete', `/users/${id}`).expect(409, themselves);
    await call('patch', `/users/${id}`)
      .send({ role: 'admin', name: 'Ada', logins: ['ada'] })
      .expect(200);
    const robot = await createPerson(bed.versioner, 'admin', { kind: 'service' });
    await call('patch', `/users/${robot.userId}`, robot.token).send({ role: 'viewer' }).expect(409, roles);
  });

  it('keep one active admin, who is a person', async () => {
    const { id } = await admin();
    const robot = await createPerson(bed.versioner, 'admin', { kind: 'service' });
    const last = { detail: 'Admin is the last active admin: make somebody else an admin first' };
    const byRobot = (method: 'patch' | 'delete') => call(method, `/users/${id}`, robot.token);
    await byRobot('patch').send({ role: 'release_manager' }).expect(409, last);
    await byRobot('patch').send({ deactivated: true }).expect(409, last);
    await byRobot('delete').expect(409, last);
    const other = await createPerson(bed.versioner, 'admin');
    await call('delete', `/users/${other.userId}`).expect(204);
    await byRobot('delete').expect(409, last);
    await call('patch', `/users/${other.userId}`).send({ deactivated: false }).expect(200);
    await byRobot('patch').send({ role: 'release_manager' }).expect(200);
  });

  describe('on two replicas', () => {
    it('one of two admins who demote each other at once remains', async () => {
      const replica = await startVersioner({ join: bed.versioner });
      try {
        for (let round = 0; round < full(60, 10); round++) {
          const one = await createPerson(bed.versioner, 'admin');
          const other = await createPerson(bed.versioner, 'admin');
          // The one who made them is no longer in the way.
          await bed.rows('UPDATE users SET deactivated_at = now() WHERE id <> ALL ($1)', [[one.userId, other.userId]]);
          const changes = round % 2 === 0 ? { role: 'viewer' } : { deactivated: true };
          const replies = await Promise.all([
            new Pipeline(bed.versioner.url, one.token).patch(`/users/${other.userId}`, changes),
            new Pipeline(replica.url, other.token).patch(`/users/${one.userId}`, changes),
          ]);
          // Who comes second is refused for being the last, or for being nobody any more.
          const [first, second] = replies.map(({ status }) => status);
          expect([first, second]).toContain(200);
          expect([401, 403, 409]).toContain(first === 200 ? second : first);
          const admins = await bed.rows(
            `SELECT FROM users u JOIN user_roles r ON r.user_id = u.id AND r.valid_to IS NULL
             WHERE r.role = 'admin' AND u.deactivated_at IS NULL`,
          );
          expect(admins).toHaveLength(1);
          await bed.versioner.reset();
        }
      } finally {
        await replica.stop();
      }
    });

    it('tokens of somebody deactivated stop within a second, however busy they are', async () => {
      bed.clock.reset();
      const replica = await startVersioner({ join: bed.versioner });
      try {
        const { userId, token } = await createPerson(bed.versioner, 'viewer');
        let answeredAt = Infinity;
        const deactivation = (async () => {
          await new Promise((resolve) => setTimeout(resolve, 500));
          await call('delete', `/users/${userId}`).expect(204);
          answeredAt = performance.now();
        })();
        let lastAcceptedAt = 0;
        for (let status = 200; status === 200;) {
          const sentAt = performance.now();
          ({ status } = await new Pipeline(replica.url, token).get('/account/'));
          if (status === 200) lastAcceptedAt = sentAt;
          else expect(status).toBe(401);
        }
        await deactivation;
        expect(lastAcceptedAt - answeredAt).toBeLessThan(1_000);
      } finally {
        await replica.stop();
      }
    });
  });
});
