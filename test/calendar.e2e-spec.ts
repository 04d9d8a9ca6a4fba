import { beforeEach, describe, expect, it } from '@jest/globals';
import ICAL from 'ical.js';
import { ruleExamples } from '../src/rules/rule-examples.js';
import { createPerson } from './support/create-person.js';
import { createStranger } from './support/create-stranger.js';
import { Pipeline, type Reply } from './support/pipeline.js';
import { idOf, useVersioner } from './support/use-versioner.js';

const path = '/deployment-rules/calendar.ics';

function namesIn({ status, body }: Pick<Reply, 'status' | 'body'>): string[] {
  expect(status).toBe(200);
  const events = new ICAL.Component(ICAL.parse(body as string) as unknown[]).getAllSubcomponents('vevent');
  return [...new Set(events.map((event) => new ICAL.Event(event).summary))].toSorted();
}

describe('the calendar of rules', () => {
  const bed = useVersioner();
  let ids: Readonly<Record<string, string>>;

  const schedule = async (name: string, more: object = {}): Promise<Reply> =>
    bed.admin.post('/deployment-rules/', { ...ruleExamples.schedule, environments: [], name, ...more });

  async function token(body: object): Promise<{ id: string; token: string }> {
    return (await bed.admin.post('/feed-tokens/', body)).body as { id: string; token: string };
  }

  /** As a calendar asks: without a header. */
  async function feed(query: string, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`${bed.versioner.url}${path}${query}`, { headers });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  beforeEach(async () => {
    ids = (await bed.report({ product_name: 'web', environment_name: 'production' })).body as Record<string, string>;
    await bed.report({ product_name: 'api', environment_name: 'staging' });
    await schedule('everywhere');
    await schedule('web', { products: ['WEB'] });
    await schedule('api', { products: ['api'] });
    await schedule('production', { environments: ['production'] });
    await schedule('staging', { environments: ['staging'] });
    await schedule('live', { environment_types: ['production'] });
    await schedule('off', { status: 'disabled' });
    await schedule('quiet', { status: 'report_only' });
    await bed.admin.post('/deployment-rules/', ruleExamples.cooldown);
    await bed.admin.delete(`/deployment-rules/${idOf(await schedule('gone'))}`);
  });

  const all = ['api', 'everywhere', 'live', 'production', 'staging', 'web'];

  it('is shown to those who may read, for the next 90 days', async () => {
    const reply = await bed.admin.get(path);
    expect(namesIn(reply)).toEqual(all);
    expect(reply.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('private, max-age=60');
    expect(reply.headers.get('x-ratelimit-limit')).not.toBeNull();
    // From Friday, 6 March, to Friday, 29 May: 13 weeks.
    expect((reply.body as string).match(/BEGIN:VEVENT/g)).toHaveLength(all.length * 13);
    const viewer = new Pipeline(bed.versioner.url, (await createPerson(bed.versioner, 'viewer')).token);
    expect(namesIn(await viewer.get(path))).toEqual(all);
    expect((await bed.pipeline.get(path)).status).toBe(403);
    const stranger = new Pipeline(bed.versioner.url, await createStranger(bed.versioner));
    expect(namesIn(await stranger.get(path))).toEqual([]);
  });

  it.each<[binding: object, names: string[]]>([
    [{}, all],
    [{ product: 'web' }, ['everywhere', 'live', 'production', 'staging', 'web']],
    [{ environment: 'production' }, ['api', 'everywhere', 'live', 'production', 'web']],
    [{ product: 'web', environment: 'staging' }, ['everywhere', 'staging', 'web']],
  ])('is shown to a feed token of %j, with what applies there', async (binding, names) => {
    const { token: secret } = await token({ kind: 'calendar', ...binding });
    const reply = await feed(`?token=${secret}`);
    expect(namesIn(reply)).toEqual(names);
    expect(reply.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  });

  it('is shown to nobody else', async () => {
    const badge = await token({ kind: 'badge' });
    const revoked = await token({ kind: 'calendar' });
    await bed.admin.delete(`/feed-tokens/${revoked.id}`);
    const admin = { Authorization: `Bearer ${bed.versioner.adminToken}` };
    const refused = [
      await feed(''),
      await feed(`?token=${badge.token}`),
      await feed(`?token=${revoked.token}`),
      await feed('?token=feed_default_unknown'),
      await feed(`?token=${bed.versioner.adminToken}`),
      await feed(`?token=${bed.versioner.adminToken}`, admin),
      await feed(`?token=${badge.token}`, admin),
      await feed(`?access_token=${bed.versioner.adminToken}`),
      await feed('', { Authorization: `Bearer ${(await token({ kind: 'calendar' })).token}` }),
    ];
    for (const { status, headers, body } of refused) {
      expect([status, JSON.parse(body as string)]).toEqual([401, { detail: 'Invalid authentication credentials' }]);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  it('does not open anything else by its token', async () => {
    const { token: secret } = await token({ kind: 'calendar' });
    for (const other of ['/deployment-rules/', `/products/${ids['product_id']}`, '/deployment-rules/violations']) {
      expect((await fetch(`${bed.versioner.url}${other}?token=${secret}`)).status).toBe(401);
    }
  });

  it('refuses parameters that it does not know', async () => {
    expect((await bed.admin.get(`${path}?days=7`)).status).toBe(422);
    const { token: secret } = await token({ kind: 'calendar' });
    expect((await feed(`?token=${secret}&days=7`)).status).toBe(422);
  });
});
