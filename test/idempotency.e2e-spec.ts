import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';

const started = { product_name: 'shop', version: '1', environment_name: 'production', status: 'started' };
const usedForAnother = {
  detail: [
    {
      loc: ['header', 'idempotency-key'],
      msg: 'key was used for another request body',
      type: 'value_error.idempotency_key',
    },
  ],
};

describe('Idempotency-Key', () => {
  let versioner: RunningVersioner;
  let database: pg.Client;

  beforeAll(async () => {
    versioner = await startVersioner();
    database = new pg.Client(versioner.databaseUrl);
    await database.connect();
  }, 60_000);

  afterAll(async () => {
    await database?.end();
    await versioner?.stop();
  }, 60_000);

  async function post(path: string, body: object, key: string, credential = versioner.apiKey) {
    const response = await fetch(versioner.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    const { status, headers } = response;
    return { status, text: await response.text(), replayed: headers.get('idempotency-replayed'), headers };
  }

  async function kept(key: string): Promise<object | undefined> {
    const { rows } = await database.query<object>(
      'SELECT status_code, location, body FROM idempotency_keys WHERE key = $1',
      [key],
    );
    return rows[0];
  }

  it('gives the first answer again, to the byte, for as long as a day', async () => {
    const key = randomUUID();
    const event = { ...started, product_name: 'replayed', extra_metadata: { zebra: 1, ant: 2 } };
    const first = await post('/deployment-events/', event, key);
    expect(first).toMatchObject({ status: 201, replayed: null });

    for (const path of ['/deployment-events/', '/deployment-events', '//deployment-events/']) {
      const again = await post(path, event, key);
      expect(again).toMatchObject({ status: 201, text: first.text, replayed: 'true' });
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
    }
    const { rows } = await database.query(
      'SELECT count(*)::int AS count FROM deployments d JOIN products p ON p.id = d.product_id WHERE p.name = $1',
      ['replayed'],
    );
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('forgets after a day', async () => {
    const key = randomUUID();
    const event = { ...started, product_name: 'forgotten' };
    expect((await post('/deployment-events/', event, key)).status).toBe(201);
    await database.query("UPDATE idempotency_keys SET created_at = created_at - interval '24 h' WHERE key = $1", [key]);
    // It runs again, and is then recognised as a repeat.
    expect(await post('/deployment-events/', event, key)).toMatchObject({ status: 200, replayed: null });
  });

  it('refuses another body under the same key', async () => {
    const key = randomUUID();
    await post('/deployment-events/', { ...started, product_name: 'other-body' }, key);
    const other = await post('/deployment-events/', { ...started, product_name: 'other-body', version: '2' }, key);
    expect([other.status, JSON.parse(other.text)]).toEqual([422, usedForAnother]);
  });

  it('belongs to one credential and one path', async () => {
    const key = randomUUID();
    const event = { ...started, product_name: 'own-key' };
    await post('/deployment-events/', event, key);
    const byAnother = await post('/deployment-events/', event, key, versioner.adminToken);
    expect(byAnother.replayed).toBeNull();
    const elsewhere = await post(`/deployments/${JSON.parse(byAnother.text).id}/abort`, { reason: 'x' }, key);
    expect(elsewhere).toMatchObject({ status: 200, replayed: null });
  });

  it('runs once, however many come at once', async () => {
    const key = randomUUID();
    const event = { ...started, product_name: 'at-once' };
    const answers = await Promise.all(Array.from({ length: 12 }, () => post('/deployment-events/', event, key)));
    const first = answers.filter(({ status, replayed }) => status === 201 && replayed === null);
    expect(first).toHaveLength(1);
    for (const { status, text, replayed, headers } of answers) {
      if (status === 201) expect(text).toBe(first[0]?.text);
      else {
        expect([status, headers.get('retry-after'), replayed]).toEqual([409, '1', null]);
        // Every 409 on this path has the pre-flight shape.
        const { detail, ...documented } = JSON.parse(text) as { detail: object };
        expect(documented).toEqual(detail);
        expect(documented).toMatchObject({ error: 'deployment_blocked', code: 'IDEMPOTENT_REQUEST_IN_PROGRESS' });
      }
    }
  });

  it('does not keep refusals: the same request gets through once it may', async () => {
    const key = randomUUID();
    const holder = await post(
      '/deployment-events/',
      { ...started, product_name: 'refused', version: '1' },
      randomUUID(),
    );
    const blocked = await post('/deployment-events/', { ...started, product_name: 'refused', version: '2' }, key);
    expect(blocked.status).toBe(409);
    expect(await kept(key)).toBeUndefined();

    await post(`/deployments/${JSON.parse(holder.text).id}/abort`, { reason: 'make room' }, randomUUID());
    const free = await post('/deployment-events/', { ...started, product_name: 'refused', version: '2' }, key);
    expect(free).toMatchObject({ status: 201, replayed: null });
  });

  it('does not keep a request that is invalid either', async () => {
    const key = randomUUID();
    expect((await post('/deployment-events/', {}, key)).status).toBe(422);
    expect(await kept(key)).toBeUndefined();
    expect((await post('/deployment-events/', { ...started, product_name: 'corrected' }, key)).status).toBe(201);
  });

  it('takes over from a process that died, once its lease has run out', async () => {
    const key = randomUUID();
    const event = { ...started, product_name: 'taken-over' };
    await post('/deployment-events/', event, key);
    await database.query(
      'UPDATE idempotency_keys SET status_code = NULL, body = NULL, location = NULL WHERE key = $1',
      [key],
    );
    expect((await post('/deployment-events/', event, key)).status).toBe(409);
    await database.query("UPDATE idempotency_keys SET leased_until = now() - interval '1 s' WHERE key = $1", [key]);
    // The work had been done: the event is a repeat, and no second deployment.
    expect(await post('/deployment-events/', event, key)).toMatchObject({ status: 200, replayed: null });
  });

  it('never keeps a secret', async () => {
    const key = randomUUID();
    const first = await post('/api-keys/', { name: 'once' }, key, versioner.adminToken);
    expect(first.status).toBe(201);
    expect(await kept(key)).toMatchObject({ status_code: 201, body: null });

    const again = await post('/api-keys/', { name: 'once' }, key, versioner.adminToken);
    expect([again.status, again.text]).toEqual([409, '{"detail":"Already created; its secret was shown once"}']);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });

  it.each([
    ['', 'ensure this value has at least 1 characters'],
    ['k'.repeat(256), 'ensure this value has at most 255 characters'],
  ])('is refused if it is %j', async (key, msg) => {
    const answer = await post('/deployment-events/', started, key);
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({ detail: [{ loc: ['header', 'idempotency-key'], msg }] });
  });
});
