import { describe, expect, it } from '@jest/globals';
import { createPerson } from './support/create-person.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

type Shown = { name: string; last_used_at: string | null };

describe('the ETag of a credential', () => {
  const bed = useVersioner();
  const send = async (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(bed.versioner.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${bed.versioner.adminToken}`,
        ...(body ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  /** An API key and a personal token, how to use them, and where they are shown. */
  async function both(): Promise<{ path: string; caller: Pipeline }[]> {
    const made = await bed.admin.post('/api-keys/', { name: 'ci', scopes: ['read'] });
    const person = await createPerson(bed.versioner, 'viewer');
    return [
      { path: `/api-keys/${idOf(made)}`, secret: (made.body as { key: string }).key },
      { path: `/personal-access-tokens/${person.tokenId}`, secret: person.token },
    ].map(({ path, secret }) => ({ path, caller: new Pipeline(bed.versioner.url, secret) }));
  }

  it('stays as it is while the credential is used, so that it can be edited', async () => {
    for (const { path, caller } of await both()) {
      const before = await send('GET', path, {});
      const tag = before.headers.get('etag')!;
      expect(((await before.json()) as Shown).last_used_at).toBeNull();

      expect((await caller.get('/me')).status).toBe(200);
      await eventually(async () => ((await bed.admin.get(path)).body as Shown).last_used_at !== null);
      const after = await send('GET', path, { 'If-None-Match': tag });
      // The same state to edit, but another answer: it is given.
      expect([after.status, after.headers.get('etag')]).toEqual([200, tag]);
      expect(((await after.json()) as Shown).last_used_at).not.toBeNull();

      const renamed = await send('PATCH', path, { 'If-Match': tag }, { name: 'in use' });
      expect([renamed.status, renamed.headers.get('etag') === tag]).toEqual([200, false]);
      expect((await send('PATCH', path, { 'If-Match': tag }, { name: 'late' })).status).toBe(412);
      expect((await send('DELETE', path, { 'If-Match': tag })).status).toBe(412);
      expect((await send('DELETE', path, { 'If-Match': renamed.headers.get('etag')! })).status).toBe(204);
    }
  }, 60_000);

  it('of what is not noted when used still answers 304', async () => {
    const path = `/users/${(await createPerson(bed.versioner, 'viewer')).userId}`;
    const tag = (await send('GET', path, {})).headers.get('etag')!;
    expect((await send('GET', path, { 'If-None-Match': tag })).status).toBe(304);
  });
});
