import { describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { Pipeline } from './support/pipeline.js';
import { type TestBed, useVersioner } from './support/use-versioner.js';

type User = { id: string; name: string };

describe('GET /users/', () => {
  const bed = useVersioner();
  const found = async (query: string): Promise<string[]> =>
    (await bed.admin.list<User>(`/users/?${query}`)).map(({ name }) => name).sort();
  const search = async (text: string): Promise<string[]> => found(`q=${encodeURIComponent(text)}`);

  /** One of each that the filters tell apart, beside the first admin. */
  async function populate(): Promise<void> {
    const people = [
      { name: 'Mona Ärmel', email: 'Mona@Example.com', role: 'developer', logins: ['octocat'] },
      { name: '100% Öl_Kanne', email: 'oil@example.org', role: 'qa', logins: ['a.b*c', 'x\\y'] },
      { name: 'Zoë', email: 'zoe_1@example.com', role: 'viewer', logins: [] },
      { name: 'terraform', kind: 'service', role: 'sre', logins: ['octobot'] },
    ];
    for (const person of people) expect(await bed.admin.post('/users/', person)).toMatchObject({ status: 201 });
  }

  it('finds people by a part of their name, e-mail or a login, in any letter case', async () => {
    await populate();
    expect(await search('mona')).toEqual(['Mona Ärmel']);
    expect(await search('a ÄRM')).toEqual(['Mona Ärmel']);
    expect(await search('OCTO')).toEqual(['Mona Ärmel', 'terraform']);
    expect(await search('@example.COM')).toEqual(['Admin', 'Mona Ärmel', 'Zoë']);
    expect(await search('zoe\u0308')).toEqual(['Zoë']);
    expect(await search(' oil@ ')).toEqual(['100% Öl_Kanne']);
    expect(await search('nobody')).toEqual([]);
  });

  it('takes every character for itself', async () => {
    await populate();
    expect(await search('%')).toEqual(['100% Öl_Kanne']);
    expect(await search('_')).toEqual(['100% Öl_Kanne', 'Zoë']);
    expect(await search('0%_ö')).toEqual([]);
    expect(await search('.*')).toEqual([]);
    expect(await search('b*c')).toEqual(['100% Öl_Kanne']);
    expect(await search('\\')).toEqual(['100% Öl_Kanne']);
    expect(await search("' OR 1=1 --")).toEqual([]);
  });

  it('filters by role, kind and whether they are active, and by all of it together', async () => {
    await populate();
    expect(await found('role=qa')).toEqual(['100% Öl_Kanne']);
    expect(await found('role=qa&role=sre')).toEqual(['100% Öl_Kanne', 'terraform']);
    expect(await found('kind=service')).toEqual(['terraform']);
    const [mona] = await bed.admin.list<User>('/users/?q=mona');
    // Who was a developer until a second ago is none now.
    bed.clock.advance(1_000);
    await bed.admin.patch(`/users/${mona!.id}`, { role: 'product' });
    expect([await found('role=developer'), await found('role=product')]).toEqual([[], ['Mona Ärmel']]);
    await bed.admin.delete(`/users/${mona!.id}`);
    expect(await found('active=false')).toEqual(['Mona Ärmel']);
    expect(await found('active=true')).toEqual(['100% Öl_Kanne', 'Admin', 'Zoë', 'terraform']);
    expect(await found('active=true&q=octo&kind=service&role=sre')).toEqual(['terraform']);
    expect(await found('active=true&q=octo&kind=person')).toEqual([]);
  });

  it('cuts what it finds into pages, also where those who match lie far apart', async () => {
    await insertUsers(bed, 2_500);
    const all = await bed.admin.list<User>('/users/?limit=200');
    expect(all).toHaveLength(2_501);
    const wanted = all.filter(({ name }) => name.includes('99'));
    expect(wanted.length).toBeGreaterThan(40);
    expect(await bed.admin.list('/users/?q=PERSON&limit=200')).toHaveLength(2_500);
    for (const limit of [3, 200]) {
      expect(await bed.admin.list(`/users/?q=99&kind=person&limit=${limit}`)).toEqual(wanted);
    }
  });

  it('refuses what it does not know, and shows nobody of another account', async () => {
    const { status, body } = await bed.admin.get('/users/?q=&role=root&kind=robot&active=maybe&name=x');
    expect(status).toBe(422);
    expect((body as { detail: { loc: unknown[] }[] }).detail.map(({ loc }) => loc[1])).toEqual(
      expect.arrayContaining(['q', 'role', 'kind', 'active', 'name']),
    );
    const { name } = await createPerson(bed.versioner, 'viewer', { name: 'Only here' });
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    expect((await stranger.get(`/users/?q=${encodeURIComponent(name)}`)).body).toEqual([]);
    const viewer = await createPerson(bed.versioner, 'viewer');
    expect((await new Pipeline(bed.versioner.url, viewer.token).get('/users/?q=only')).status).toBe(403);
  });
});

/** People who came one after the other, by the database's hand: 2,500 requests would take long. */
async function insertUsers(bed: TestBed, count: number): Promise<void> {
  const [{ id }] = (await bed.admin.get('/users/')).body as [User];
  await bed.rows(
    `INSERT INTO users (account_id, id, email, email_key, name, created_at, updated_at)
     SELECT u.account_id, n.id, 'p' || n.i || '@x.test', 'p' || n.i || '@x.test', 'Person ' || n.i,
            u.created_at - n.i * interval '1 second', u.created_at
     FROM users u, unnest($2::uuid[]) WITH ORDINALITY AS n (id, i) WHERE u.id = $1`,
    [id, Array.from({ length: count }, () => uuidv7())],
  );
}
