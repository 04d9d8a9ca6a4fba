import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPerson, type Person } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { Pipeline } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

interface Stale {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly reasons: readonly string[];
  readonly created_at: string;
}

/** The instant at which the report is asked for, 100 days after the tests begin. */
const asked = '2026-06-10T14:00:00.000Z';
const daysAgo = (days: number) => new Date(Date.parse(asked) - days * 86_400_000).toISOString();

describe('GET /credentials/stale', () => {
  const bed = useVersioner();
  /** The admin who asks and what they ask with are in use meanwhile: when that is noted is left to chance. */
  let besides: ReadonlySet<unknown>;
  const report = async (query = ''): Promise<Stale[]> =>
    (await bed.admin.list<Stale>(`/credentials/stale?${query}`)).filter(({ id }) => !besides.has(id));
  /** What the report says of these, by name. */
  const of = async (names: readonly string[], query = ''): Promise<Record<string, readonly string[]>> =>
    Object.fromEntries(
      (await report(query)).filter(({ name }) => names.includes(name)).map(({ name, reasons }) => [name, reasons]),
    );
  const key = async (name: string, fields: object = {}, by = bed.admin): Promise<string> =>
    idOf(await by.post('/api-keys/', { name, ...fields }));
  const used = async (table: 'api_keys' | 'personal_access_tokens', id: string, at: string): Promise<void> => {
    await bed.rows(`UPDATE ${table} SET last_used_at = $2 WHERE id = $1`, [id, at]);
  };
  const someone = async (name: string, fields: object = {}): Promise<Person> =>
    createPerson(bed.versioner, 'viewer', { name, ...fields });

  beforeEach(async () => {
    const tables = ['api_keys', 'personal_access_tokens', 'users'].map((table) => `SELECT id FROM ${table}`);
    besides = new Set((await bed.rows(tables.join(' UNION ALL '))).map(({ id }) => id));
  });

  it('tells of keys that nobody uses, to the instant', async () => {
    const names = ['never', 'long ago', 'just stale', 'just fresh', 'new'];
    const [, longAgo, justStale, justFresh] = [
      await key('never'),
      await key('long ago'),
      await key('just stale'),
      await key('just fresh'),
    ];
    await used('api_keys', longAgo, daysAgo(95));
    await used('api_keys', justStale, daysAgo(90));
    await used('api_keys', justFresh, new Date(Date.parse(daysAgo(90)) + 1).toISOString());
    bed.clock.set(daysAgo(89));
    await key('new');
    bed.clock.set(asked);
    expect(await of(names)).toEqual({ never: ['never_used'], 'long ago': ['unused'], 'just stale': ['unused'] });
    expect(Object.keys(await of(names, 'unused_days=89')).sort()).toEqual(names.toSorted());
    expect(await of(names, 'unused_days=96')).toEqual({ never: ['never_used'] });
    expect(await of(names, 'unused_days=101')).toEqual({});
  });

  it('tells of tokens and people who have not been seen, with any of their tokens', async () => {
    const gone = await someone('gone');
    const here = await someone('here');
    const invited = idOf(await bed.admin.post('/users/', { name: 'invited', email: 'i@example.com', role: 'viewer' }));
    const second = idOf(await bed.admin.post('/personal-access-tokens/', { name: 'second', user_id: here.userId }));
    await used('personal_access_tokens', gone.tokenId, daysAgo(91));
    await used('personal_access_tokens', here.tokenId, daysAgo(91));
    await used('personal_access_tokens', second, daysAgo(1));
    bed.clock.set(asked);
    const found = (await report()).filter(({ name }) => ['gone', 'here', 'invited', 'second'].includes(name));
    expect(found.map(({ kind, id, reasons }) => ({ kind, id, reasons }))).toEqual(
      expect.arrayContaining([
        { kind: 'user', id: gone.userId, reasons: ['unused'] },
        { kind: 'user', id: invited, reasons: ['never_used'] },
      ]),
    );
    expect(found.map(({ id }) => id)).not.toContain(here.userId);
    expect(found.map(({ id }) => id)).not.toContain(second);
    const tokens = await report('kind=personal_access_token&reason=unused');
    expect(tokens.map(({ id }) => id).sort()).toEqual([gone.tokenId, here.tokenId].sort());
    // Of a token that was revoked meanwhile it still counts that it was used.
    await bed.admin.delete(`/personal-access-tokens/${second}`);
    expect((await report('kind=user')).map(({ id }) => id)).not.toContain(here.userId);
  });

  it('tells of what expires soon', async () => {
    const at = (days: number) => daysAgo(-days);
    bed.clock.set(daysAgo(5));
    const names = ['soon', 'on the day', 'later', 'over'];
    await key('soon', { expires_at: at(3) });
    await key('on the day', { expires_at: at(30) });
    await key('later', { expires_at: at(31) });
    await key('over', { expires_at: daysAgo(1) });
    bed.clock.set(asked);
    expect(await of(names)).toEqual({ soon: ['expiring'], 'on the day': ['expiring'] });
    expect(await of(names, 'expiring_days=31')).toMatchObject({ later: ['expiring'] });
    expect(await of(names, 'expiring_days=0')).toEqual({});
    expect((await report('reason=expiring')).map(({ name }) => name)).toEqual(['on the day', 'soon']);
  });

  it('tells of keys and tokens whose maker is deactivated, and may still know them', async () => {
    const maker = await createPerson(bed.versioner, 'admin', { name: 'maker' });
    const by = new Pipeline(bed.versioner.url, maker.token);
    await key('made', {}, by);
    const robot = idOf(await by.post('/users/', { name: 'robot', kind: 'service', role: 'sre' }));
    await by.post('/personal-access-tokens/', { name: 'made too', user_id: robot });
    await by.post('/personal-access-tokens/', { name: 'own' });
    const names = ['made', 'made too', 'own', 'maker', 'robot'];
    expect(await of(names)).toEqual({});
    await bed.admin.delete(`/users/${maker.userId}`);
    expect(await of(names)).toEqual({ made: ['creator_deactivated'], 'made too': ['creator_deactivated'] });
    expect(Object.keys(await of(names, 'reason=creator_deactivated&kind=api_key'))).toEqual(['made']);
  });

  it('leaves out what no longer works, and sign-ins at an issuer', async () => {
    const names = ['revoked', 'left', 'left’s token', 'sign-in'];
    const revoked = await key('revoked');
    await bed.admin.delete(`/api-keys/${revoked}`);
    const left = await someone('left');
    await bed.rows(`UPDATE personal_access_tokens SET name = 'left’s token' WHERE id = $1`, [left.tokenId]);
    await bed.admin.delete(`/users/${left.userId}`);
    const signedIn = await someone('signed in');
    await bed.rows(
      `UPDATE personal_access_tokens SET name = 'sign-in', issuer = 'https://id.example.com', subject = 'x', last_used_at = $2 WHERE id = $1`,
      [signedIn.tokenId, daysAgo(95)],
    );
    bed.clock.set(asked);
    // Who does not sign in any more is told of, once.
    expect(await of([...names, 'signed in'])).toEqual({ 'signed in': ['unused'] });
  });

  it('shows what to look for, page by page, newest first, of one account and to admins alone', async () => {
    const person = await someone('Mona');
    for (let n = 0; n < 5; n++) {
      if (n % 2 === 0) bed.clock.advance(1_000);
      await key(`key ${n}`);
    }
    bed.clock.set(asked);
    const all = await report();
    const order = all.map(({ created_at, id }) => `${created_at} ${id}`);
    expect(order).toEqual(order.toSorted().toReversed());
    expect(all).toHaveLength(7);
    for (const limit of [1, 3]) expect(await report(`limit=${limit}`)).toEqual(all);
    const shownKey = (await bed.admin.get(`/api-keys/${all.find(({ name }) => name === 'key 0')!.id}`)).body;
    const { id, name, prefix, created_by, created_at } = shownKey as Record<string, unknown>;
    expect(all.find(({ name: found }) => found === 'key 0')).toEqual({
      kind: 'api_key',
      id,
      name,
      prefix,
      user_id: null,
      reasons: ['never_used'],
      last_used_at: null,
      expires_at: null,
      created_by,
      created_at,
    });
    expect(all).toContainEqual(expect.objectContaining({ kind: 'user', user_id: person.userId, prefix: null }));

    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    const theirs = (await stranger.get('/credentials/stale')).body as Stale[];
    expect(
      theirs.map(({ id: theirId }) => theirId).filter((theirId) => all.some((mine) => mine.id === theirId)),
    ).toEqual([]);
    for (const other of [person.token, bed.versioner.apiKey]) {
      expect((await new Pipeline(bed.versioner.url, other).get('/credentials/stale')).status).toBe(403);
    }
    for (const query of ['unused_days=0', 'expiring_days=-1', 'kind=feed_token', 'reason=old', 'days=3']) {
      expect((await bed.admin.get(`/credentials/stale?${query}`)).status).toBe(422);
    }
  });
});
