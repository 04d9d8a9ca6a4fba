import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { Pipeline, type Reply } from './support/pipeline.js';

const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';
const prefix = '9fceb02';
const other = '0123456789abcdef0123456789abcdef01234567';

describe('the SHA of a version', () => {
  let versioner: RunningVersioner;
  let database: pg.Client;
  let pipeline: Pipeline;

  beforeAll(async () => {
    versioner = await startVersioner();
    database = new pg.Client({ connectionString: versioner.databaseUrl });
    await database.connect();
    pipeline = new Pipeline(versioner.url, versioner.apiKey);
  }, 60_000);

  beforeEach(async () => {
    await versioner.reset();
  }, 60_000);

  afterAll(async () => {
    await database?.end();
    await versioner?.stop();
  }, 60_000);

  function build(event: Record<string, unknown>): Promise<Reply> {
    return pipeline.post('/build-events/', { product_name: 'my-service', version: '1.2.3', ...event });
  }

  async function version(): Promise<{ scm_sha: string | null; fixed: boolean; scm_branch: string | null }> {
    const { rows } = await database.query(
      'SELECT scm_sha, sha_fixed_at IS NOT NULL AS fixed, scm_branch FROM versions',
    );
    return rows[0];
  }

  async function recorded(): Promise<unknown> {
    const tables = ['versions', 'builds', 'build_events'].map(
      (table) => `(SELECT jsonb_agg(to_jsonb(t) - 'revision' ORDER BY t.id) FROM ${table} t)`,
    );
    return (await database.query(`SELECT ${tables.join(', ')}`)).rows;
  }

  async function history(): Promise<unknown[]> {
    const { rows } = await database.query<{ valid_from: Date; scm_sha: string }>(
      `SELECT s.valid_from, s.scm_sha FROM version_shas s JOIN versions v ON v.account_id = s.account_id AND v.id = s.version_id
       ORDER BY v.product_id, s.valid_from`,
    );
    return rows.map(({ valid_from, scm_sha }) => [valid_from.toISOString(), scm_sha]);
  }

  it('is refused, once a completed build has fixed another', async () => {
    await build({ status: 'completed', scm_sha: whole, invoke_id: 'first' });
    const before = await recorded();
    const refused = await fetch(new URL('/build-events/', versioner.url), {
      method: 'POST',
      headers: { Authorization: `Bearer ${versioner.apiKey}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({
        product_name: 'My-Service',
        version: '1.2.3',
        status: 'started',
        scm_sha: other,
        build_number: '9',
      }),
    });
    expect(refused.status).toBe(409);
    expect(refused.headers.get('location')).toBeNull();
    expect(await refused.text()).toBe(
      '{"detail":"Version 1.2.3 already exists with different SHA",' +
        '"message":"Version 1.2.3 already exists with different SHA","code":"VERSION_IMMUTABLE",' +
        `"details":{"existing_sha":"${whole}","submitted_sha":"${other}"}}`,
    );

    expect(await recorded()).toEqual(before);
    const { rows } = await database.query(
      `SELECT a.resource_type, a.actor_kind, a.request_id, a.after FROM audit_log a JOIN versions v ON v.id = a.resource_id
       WHERE a.action = 'build.refused'`,
    );
    expect(rows).toEqual([
      {
        resource_type: 'version',
        actor_kind: 'api_key',
        request_id: refused.headers.get('x-request-id'),
        after: {
          code: 'VERSION_IMMUTABLE',
          version: '1.2.3',
          status: 'started',
          existing_sha: whole,
          submitted_sha: other,
          invoke_id: null,
          build_number: '9',
        },
      },
    ]);
  });

  it.each(['pending', 'started', 'completed', 'failed', 'aborted'])('is refused in any status: %s', async (status) => {
    await build({ status: 'completed', scm_sha: whole });
    expect((await build({ status, scm_sha: other, invoke_id: 'run' })).status).toBe(409);
  });

  it('is refused to a build that was started before another one fixed it', async () => {
    await build({ status: 'started', scm_sha: other, invoke_id: 'slow' });
    await build({ status: 'started', scm_sha: whole, invoke_id: 'fast' });
    await build({ status: 'completed', invoke_id: 'fast' });
    expect(await version()).toMatchObject({ scm_sha: whole, fixed: true });
    expect(await build({ status: 'completed', invoke_id: 'slow' })).toMatchObject({
      status: 409,
      body: { details: { existing_sha: whole, submitted_sha: other } },
    });
    expect((await build({ status: 'failed', invoke_id: 'slow' })).status).toBe(200);
  });

  it('of a repeat is no contradiction', async () => {
    const first = await build({ status: 'started', scm_sha: other, invoke_id: 'first' });
    await build({ status: 'completed', scm_sha: whole, invoke_id: 'second' });
    const { id } = first.body as { id: string };
    expect(await build({ status: 'started', scm_sha: other, invoke_id: 'first' })).toMatchObject({
      status: 200,
      body: { id },
    });
  });

  it.each([
    [whole, whole, whole],
    [whole, whole.toUpperCase(), whole],
    [whole, prefix, whole],
    [whole, prefix.toUpperCase(), whole],
    [prefix, whole, whole],
    [prefix.toUpperCase(), whole, whole],
    [whole, null, whole],
    [whole, '', whole],
  ])('%s is not contradicted by %s', async (fixed, said, kept) => {
    await build({ status: 'completed', scm_sha: fixed, invoke_id: 'first' });
    expect((await build({ status: 'started', scm_sha: said, invoke_id: 'second' })).status).toBe(201);
    expect(await version()).toMatchObject({ scm_sha: kept, fixed: true });
  });

  it.each([
    [whole, whole.slice(0, 6)],
    [whole, `${whole.slice(0, 39)}9`],
    ['r104512', 'r1045123'],
  ])('%s is contradicted by %s', async (fixed, said) => {
    await build({ status: 'completed', scm_sha: fixed, invoke_id: 'first' });
    expect((await build({ status: 'started', scm_sha: said, invoke_id: 'second' })).status).toBe(409);
  });

  it('may change until a completed build fixes it', async () => {
    await build({ status: 'started', scm_sha: other, scm_branch: 'main', invoke_id: '1' });
    await build({ status: 'failed', scm_sha: other, invoke_id: '1' });
    expect(await version()).toEqual({ scm_sha: other, fixed: false, scm_branch: 'main' });
    await build({ status: 'started', scm_sha: whole, scm_branch: 'next', invoke_id: '2' });
    expect(await version()).toEqual({ scm_sha: whole, fixed: false, scm_branch: 'next' });
    await build({ status: 'completed', invoke_id: '2' });
    expect(await version()).toEqual({ scm_sha: whole, fixed: true, scm_branch: 'next' });
    await build({ status: 'completed', scm_sha: whole, scm_branch: 'release', invoke_id: '3' });
    expect(await version()).toEqual({ scm_sha: whole, fixed: true, scm_branch: 'next' });
  });

  it('is kept as it was, from when to when, unless it is only spelt out', async () => {
    const at = (minute: number) => versioner.clock.set(`2026-03-02T14:0${minute}:00.000Z`);
    at(0);
    await build({ status: 'started', invoke_id: '1' });
    expect(await history()).toEqual([]);
    at(1);
    await build({ status: 'failed', scm_sha: other, invoke_id: '1' });
    at(2);
    await build({ status: 'started', scm_sha: prefix, invoke_id: '2' });
    at(3);
    await build({ status: 'completed', scm_sha: whole, invoke_id: '2' });
    expect(await version()).toMatchObject({ scm_sha: whole, fixed: true });
    at(4);
    expect((await build({ status: 'started', scm_sha: other, invoke_id: '3' })).status).toBe(409);
    expect(await history()).toEqual([
      ['2026-03-02T14:01:00.000Z', other],
      ['2026-03-02T14:02:00.000Z', prefix],
    ]);
  });

  it('has no history of what was within one millisecond', async () => {
    versioner.clock.set('2026-03-02T14:00:00.000Z');
    await build({ status: 'started', scm_sha: other, invoke_id: '1' });
    await build({ status: 'started', scm_sha: whole, invoke_id: '2' });
    expect(await history()).toEqual([['2026-03-02T14:00:00.000Z', whole]]);
  });

  it('is fixed by nothing but a SHA', async () => {
    await build({ status: 'completed', invoke_id: '1' });
    await build({ status: 'completed', scm_sha: whole, invoke_id: '2' });
    expect(await version()).toMatchObject({ scm_sha: whole, fixed: true });
  });

  it('is neither set nor contradicted by a deployment', async () => {
    await pipeline.deploy({ product_name: 'my-service', version: '1.2.3', scm_sha: other });
    expect(await version()).toMatchObject({ scm_sha: null, fixed: false });
    await build({ status: 'completed', scm_sha: whole });
    const deployed = await pipeline.deploy({
      product_name: 'my-service',
      version: '1.2.3',
      scm_sha: other,
      environment_name: 'test',
    });
    expect(deployed).toMatchObject({ status: 201, body: { scm_sha: other } });
  });

  it('is fixed once, by one of many that complete at once', async () => {
    const shas = Array.from({ length: 20 }, (_, i) => i.toString(16).padStart(40, 'a'));
    const replies = await Promise.all(
      shas.map((scm_sha, i) => build({ status: 'completed', scm_sha, invoke_id: `run ${i}` })),
    );
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    const { scm_sha: winner } = await version();
    expect(await history()).toEqual([[expect.any(String), winner]]);
    for (const { status, body } of replies) {
      if (status === 201) expect(body).toMatchObject({ scm_sha: winner });
      else expect({ status, body }).toMatchObject({ status: 409, body: { details: { existing_sha: winner } } });
    }
  });
});
