import { describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { createPerson } from './support/create-person.js';
import { query } from './support/database-of.js';
import { eventually } from './support/eventually.js';
import { runCommand } from './support/run-admin.js';
import { useSignOn } from './support/sign-on-bed.js';
import { onEach } from './support/replicas.js';

const verified = (email: string) => ({ email, email_verified: true });
const inGroups = (...roles: string[]) => ({ realm_access: { roles } });

const bed = useSignOn();
const { call, me, asAdmin, people, signOn, audited } = bed;

describe('groups', () => {
  it('make people what they are, from the first call on', async () => {
    const token = await signOn('lead', { ...inGroups('staff', 'devs', 'leads, all of them', 'owners') });
    expect(await me(token, bed.mapped)).toMatchObject({
      role: 'release_manager',
      approver_roles: ['team-lead', 'owner'],
    });
    expect(await me(await signOn('nobody', inGroups('staff')), bed.mapped)).toMatchObject({
      role: 'viewer',
      approver_roles: [],
    });
    expect(await me(await signOn('without'), bed.mapped)).toMatchObject({ role: 'viewer' });
  });

  it('make an existing person what they are, too', async () => {
    const { userId } = await createPerson(bed.versioner, 'sre', {
      email: 'ops@example.com',
      approver_roles: ['owner'],
    });
    const token = await signOn('ops', { ...verified('ops@example.com'), ...inGroups('devs') });
    expect(await me(token, bed.mapped)).toMatchObject({ id: userId, role: 'developer', approver_roles: [] });
  });

  it('are followed when they change: with history, on record, and under a new policy', async () => {
    const { id } = await me(await signOn('mona', inGroups('devs')), bed.mapped);
    const [before] = await query(bed.versioner, 'SELECT policy_revision::int AS revision FROM accounts');
    const promoted = await signOn('mona', inGroups('leads, all of them'));
    expect(await me(promoted, bed.mapped)).toMatchObject({ role: 'release_manager', approver_roles: ['team-lead'] });
    await call(promoted, 'post', '/products/', bed.mapped).send({ name: 'shop' }).expect(201);

    const history = await query(
      bed.versioner,
      'SELECT role, valid_to FROM user_roles WHERE user_id = $1 ORDER BY valid_from',
      [id],
    );
    expect(history).toMatchObject([
      { role: 'developer', valid_to: expect.any(Date) },
      { role: 'release_manager', valid_to: null },
    ]);
    expect(await audited('user.updated')).toMatchObject([
      { actor_kind: 'service', resource_id: id, before: { role: 'developer' }, after: { role: 'release_manager' } },
    ]);
    const [after] = await query(bed.versioner, 'SELECT policy_revision::int AS revision FROM accounts');
    expect(after!['revision']).toBeGreaterThan(before!['revision'] as number);
  });

  it('of an older token do not undo those of a newer one', async () => {
    const claims = decodeJwt(await signOn('mona', inGroups('leads, all of them')));
    const older = bed.issuer.forge({ ...claims, iat: claims.iat! - 60 });
    const newer = bed.issuer.forge({ ...claims, ...inGroups() });
    expect(await me(older, bed.mapped)).toMatchObject({ role: 'release_manager' });
    expect(await me(newer, bed.mapped)).toMatchObject({ role: 'viewer' });
    for (const token of [older, older, newer, older])
      expect(await me(token, bed.mapped)).toMatchObject({ role: 'viewer' });
    expect(await audited('user.updated')).toHaveLength(1);
  });

  it('win over what was set over REST, at the next call', async () => {
    const token = await signOn('mona', inGroups('devs'));
    const { id } = await me(token, bed.mapped);
    await asAdmin('patch', `/users/${id}`).send({ role: 'qa' }).expect(200);
    await eventually(async () => {
      await me(token, bed.mapped);
      return (await audited('user.updated')).length === 2;
    });
    expect(await me(token, bed.mapped)).toMatchObject({ role: 'developer' });
  });

  it('do not take from an account its last admin', async () => {
    const [admin] = await people();
    const token = await signOn('first', { ...verified('admin@example.com'), ...inGroups('devs', 'owners') });
    for (let n = 0; n < 3; n++) {
      expect(await me(token, bed.mapped)).toMatchObject({
        id: admin!.id,
        role: 'admin',
        approver_roles: ['owner', 'team-lead'],
      });
    }
    // Once there is another, the next token takes it.
    await me(await signOn('second', inGroups('admins')), bed.mapped);
    const claims = decodeJwt(token);
    const next = bed.issuer.forge({ ...claims, iat: claims.iat! + 1 });
    expect(await me(next, bed.mapped)).toMatchObject({ id: admin!.id, role: 'developer' });
  });
});

describe('an operator', () => {
  it('joins two who are one', async () => {
    const { userId } = await createPerson(bed.versioner, 'sre', { name: 'Ops' });
    const token = await signOn('ops', { name: 'Doubled' });
    const doubled = await me(token);
    const move = (...ids: string[]) => runCommand(bed.versioner, ['sign-on', 'move', ...ids]);

    const done = await move(doubled.id, userId);
    expect(done).toMatchObject({
      code: 0,
      stdout: `Doubled (${doubled.id}) signs on as Ops (${userId}) from now on.\n`,
    });
    await eventually(async () => (await onEach(() => me(token))).every(({ id }) => id === userId));
    expect(await me(token)).toMatchObject({ name: 'Ops', role: 'sre' });
    expect(await audited('personal_access_token.moved')).toMatchObject([
      { actor_kind: 'operator', before: { user_id: doubled.id }, after: { user_id: userId } },
    ]);

    expect(await move(doubled.id, userId)).toMatchObject({
      stderr: `versioner: Doubled (${doubled.id}) has never signed on.\n`,
    });
    expect(await move(userId, userId)).toMatchObject({ stderr: 'versioner: Both are the same person.\n' });
    expect(await move(userId, 'ops')).toMatchObject({
      stderr: 'versioner: TO is the id of a user: sign-on move FROM TO.\n',
    });
    const another = await me(await signOn('another'));
    expect(await move(another.id, userId)).toMatchObject({
      code: 1,
      stderr: `versioner: Ops (${userId}) signs on at ${bed.issuer.url} already.\n`,
    });
  });
});
