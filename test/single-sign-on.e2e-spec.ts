import { describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { query } from './support/database-of.js';
import { eventually } from './support/eventually.js';
import { full } from './support/full.js';
import { useSignOn } from './support/sign-on-bed.js';
import { replicas } from './support/replicas.js';

const unauthorized = { detail: 'Invalid authentication credentials' };
const verified = (email: string) => ({ email, email_verified: true });
const inGroups = (...roles: string[]) => ({ realm_access: { roles } });

const bed = useSignOn();
const { call, me, asAdmin, people, signOn, audited } = bed;

describe('whoever signs on', () => {
  it('comes into being at the first call, once, as a viewer', async () => {
    const token = await signOn('mona', { name: 'Mona Lisa', ...verified('mona@example.com') });
    const first = await me(token);
    expect(first).toMatchObject({
      kind: 'person',
      name: 'Mona Lisa',
      account: 'default',
      email: 'mona@example.com',
      role: 'viewer',
      permissions: ['read', 'tokens:own'],
    });
    expect(await me(await bed.issuer.signOn('mona'))).toEqual(first);
    expect(await people()).toHaveLength(2);
    expect((await audited('user.created')).slice(1)).toMatchObject([
      { actor_kind: 'service', resource_id: first.id, after: { name: 'Mona Lisa', role: 'viewer' } },
    ]);
    expect((await audited('personal_access_token.created')).slice(1)).toMatchObject([
      { actor_kind: 'service', after: { user_id: first.id, issuer: bed.issuer.url, subject: 'mona' } },
    ]);
  });

  it('is one person, however many first calls there are at once, on whatever replica', async () => {
    for (let round = 0; round < full(20, 3); round++) {
      const token = await signOn(`racer-${round}`, inGroups());
      const calls = Array.from({ length: 8 }, (_, n) => me(token, n % 2 === 0 ? bed.versioner : bed.mapped));
      expect(new Set((await Promise.all(calls)).map(({ id }) => id)).size).toBe(1);
    }
    expect(await people()).toHaveLength(1 + full(20, 3));
  });

  it('is known by what they are called, down to their subject alone', async () => {
    expect(await me(await signOn('name-only', { preferred_username: 'lisa' }))).toMatchObject({ name: 'lisa' });
    expect(await me(await signOn('nobody-knows'))).toMatchObject({ name: 'nobody-knows', email: null });
  });

  it('does what their role allows, and all that they do refers to them', async () => {
    const token = await signOn('dev', verified('dev@example.com'));
    const event = { product_name: 'shop', version: '1', environment_name: 'dev', status: 'started' };
    await call(token, 'post', '/deployment-events/').send(event).expect(403);
    const { id } = await me(token);
    await asAdmin('patch', `/users/${id}`).send({ role: 'developer' }).expect(200);
    await call(token, 'post', '/deployment-events/').send(event).expect(201);
    // Again from another sign-on: it is the same credential, so it is a repeat.
    await call(await bed.issuer.signOn('dev'), 'post', '/deployment-events/')
      .send(event)
      .expect(200);
    const [row] = await query(
      bed.versioner,
      `SELECT t.user_id, t.issuer, t.subject FROM deployment_events e
       JOIN personal_access_tokens t ON t.id = e.personal_access_token_id`,
    );
    expect(row).toEqual({ user_id: id, issuer: bed.issuer.url, subject: 'dev' });
    await eventually(async () => {
      const [used] = await query(bed.versioner, 'SELECT last_used_at FROM personal_access_tokens WHERE user_id = $1', [
        id,
      ]);
      return used!['last_used_at'] !== null;
    });
  });

  it('may make personal tokens, while the sign-on itself is ended by deactivating them alone', async () => {
    const token = await signOn('mona');
    await call(token, 'post', '/personal-access-tokens/').send({ name: 'laptop' }).expect(201);
    const { body } = await call(token, 'get', '/personal-access-tokens/').expect(200);
    const identity = (body as { id: string; name: string }[]).find(({ name }) => name === 'Single sign-on')!;
    await call(token, 'delete', `/personal-access-tokens/${identity.id}`).expect(409);
    await me(token);
  });

  it('is not let in once deactivated, within a second on every replica, and again when activated', async () => {
    const token = await signOn('leaver', inGroups('devs'));
    const { id } = await me(token, bed.mapped);
    let answeredAt = Infinity;
    const deactivation = asAdmin('patch', `/users/${id}`)
      .send({ deactivated: true })
      .expect(200)
      .then(() => void (answeredAt = performance.now()));
    let lastAcceptedAt = 0;
    for (let refused = 0; refused < replicas;) {
      const sentAt = performance.now();
      const { status } = await call(token, 'get', '/me', bed.mapped);
      refused = status === 200 ? 0 : refused + 1;
      if (status === 200) lastAcceptedAt = sentAt;
    }
    await deactivation;
    expect(lastAcceptedAt - answeredAt).toBeLessThan(1_000);
    await call(token, 'get', '/me', bed.mapped).expect(401, unauthorized);
    await call(await bed.issuer.signOn('leaver'), 'get', '/me').expect(401, unauthorized);
    await asAdmin('patch', `/users/${id}`).send({ deactivated: false }).expect(200);
    expect(await me(token)).toMatchObject({ id });
  });
});

describe('an imported sign-on', () => {
  it('is found by issuer and subject, though an import carries no hashes', async () => {
    const token = await signOn('mona');
    const { id } = await me(token);
    await query(bed.versioner, "UPDATE personal_access_tokens SET secret_hash = '\\x00' WHERE user_id = $1", [id]);
    expect(await me(token, bed.mapped)).toMatchObject({ id });
  });
});

describe('an existing person', () => {
  it('is the one who signs on with their e-mail, if that is verified', async () => {
    const { userId } = await createPerson(bed.versioner, 'sre', { email: 'Ops@example.com' });
    expect(await me(await signOn('ops', verified('ops@EXAMPLE.com')))).toMatchObject({ id: userId, role: 'sre' });
    expect(await people()).toHaveLength(2);
  });

  it('is found by what the issuer tells when asked, where the token says nothing: asked once', async () => {
    const { userId } = await createPerson(bed.versioner, 'sre', { email: 'ops@example.com' });
    const before = bed.issuer.requests('/me');
    const token = await signOn('ops', {}, { name: 'Ops', ...verified('ops@example.com') });
    expect(await Promise.all([me(token), me(token)])).toMatchObject([{ id: userId }, { id: userId }]);
    await me(await bed.issuer.signOn('ops'));
    expect(bed.issuer.requests('/me') - before).toBe(replicas);
  });

  it.each<[string, object, object]>([
    ['that is not verified', { email: 'admin@example.com', email_verified: false }, {}],
    ['of which nothing is said', { email: 'admin@example.com' }, {}],
    ['verified in words only', { email: 'admin@example.com', email_verified: 'true' }, {}],
    ['that looks alike', verified('adm\u0131n@example.com'), {}],
    ['told of somebody else', {}, { sub: 'admin', ...verified('admin@example.com') }],
    ['not verified when asked', {}, { email: 'admin@example.com', email_verified: false }],
  ])('is not taken over with an e-mail %s', async (_, token, userinfo) => {
    const [admin] = await people();
    const attacker = await me(await signOn('attacker', token, userinfo));
    expect(attacker.id).not.toBe(admin!.id);
    expect(attacker).toMatchObject({ role: 'viewer' });
    expect(attacker.email).not.toBe('admin@example.com');
    expect((await people()).find(({ id }) => id === admin!.id)).toEqual(admin);
  });

  it('stays who they are when their address is given to somebody else', async () => {
    const former = await me(await signOn('former', verified('lead@example.com')));
    const later = await me(await signOn('later', verified('lead@example.com')));
    expect(later).toMatchObject({ email: null, role: 'viewer' });
    expect(later.id).not.toBe(former.id);
    expect(await me(await bed.issuer.signOn('former'))).toEqual(former);
  });

  it('who is deactivated does not come back as somebody new', async () => {
    const { userId } = await createPerson(bed.versioner, 'sre', { email: 'gone@example.com' });
    await asAdmin('patch', `/users/${userId}`).send({ deactivated: true }).expect(200);
    const token = await signOn('gone', verified('gone@example.com'));
    await call(token, 'get', '/me').expect(401, unauthorized);
    expect(await people()).toHaveLength(2);
    await asAdmin('patch', `/users/${userId}`).send({ deactivated: false }).expect(200);
    expect(await me(token)).toMatchObject({ id: userId });
  });

  it('is not made while the issuer cannot say who somebody is', async () => {
    bed.issuer.userinfoStatus = 500;
    const token = await signOn('mona', {}, verified('mona@example.com'));
    const { headers } = await call(token, 'get', '/me').expect(503, { detail: 'Service temporarily unavailable' });
    expect(headers).toHaveProperty('retry-after');
    expect(await people()).toHaveLength(1);
    bed.issuer.userinfoStatus = 200;
    expect(await me(token)).toMatchObject({ email: 'mona@example.com' });
  });

  it('is made without an e-mail where the issuer tells this service nothing', async () => {
    bed.issuer.userinfoStatus = 403;
    expect(await me(await signOn('mona', {}, verified('mona@example.com')))).toMatchObject({ email: null });
  });
});
