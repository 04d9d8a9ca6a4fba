import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { Pipeline, type Reply } from './support/pipeline.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

describe('build events', () => {
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
    versioner.clock.set('2026-03-02T14:00:00.000Z');
  }, 60_000);

  afterAll(async () => {
    await database?.end();
    await versioner?.stop();
  }, 60_000);

  function build(event: Record<string, unknown> = {}, path = '/build-events/'): Promise<Reply> {
    return pipeline.post(path, { product_name: 'my-service', version: '1.2.3', status: 'started', ...event });
  }

  async function rowsOf(statement: string): Promise<object[]> {
    return (await database.query<object>(statement)).rows;
  }

  const idOf = ({ body }: Reply) => (body as { id: string }).id;

  it.each(['/build-events/', '/build-events', '/version-events/'])('are recorded at %s', async (path) => {
    const reply = await build(
      {
        status: 'BUILDING',
        source_system: 'github',
        build_number: '128',
        scm_sha: whole,
        scm_branch: 'main',
        scm_repository: 'octo-org/my-service',
        build_url: 'https://ci.example.com/builds/128',
        invoke_id: '7345678901',
        built_by: 'octocat',
        built_by_email: 'octocat@example.com',
        built_by_name: 'Mona Lisa',
        started_at: '2026-03-02T15:59:30+02:00',
        completed_at: '2026-03-02T13:59:40Z',
        extra_metadata: { vi_gh_workflow: 'build', preflight_status: { mine: true } },
        environment_name: 'not of a build',
      },
      path,
    );
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`/builds/${idOf(reply)}`);
    expect(reply.body).toEqual({
      id: expect.stringMatching(uuid),
      product_id: expect.stringMatching(uuid),
      product_name: 'my-service',
      version_id: expect.stringMatching(uuid),
      version: '1.2.3',
      status: 'started',
      build_number: '128',
      build_url: 'https://ci.example.com/builds/128',
      scm_sha: whole,
      scm_branch: 'main',
      scm_repository: 'octo-org/my-service',
      built_by: 'octocat',
      built_by_email: 'octocat@example.com',
      built_by_name: 'Mona Lisa',
      started_at: '2026-03-02T13:59:30.000Z',
      completed_at: null,
      created_at: '2026-03-02T14:00:00.000Z',
      extra_metadata: { vi_gh_workflow: 'build' },
      source_system: 'github',
      invoke_id: '7345678901',
      error_message: null,
      error_code: null,
      updated_at: '2026-03-02T14:00:00.000Z',
    });
  });

  it('name products in any letter case, and versions exactly', async () => {
    const first = await build({ product_name: ' My-Service ', version: 'v1' });
    const second = await build({ product_name: 'MY-SERVICE', version: 'V1' });
    expect(first.body).toMatchObject({ product_name: 'My-Service' });
    const { product_id, version_id } = first.body as Record<string, string>;
    expect(second.body).toMatchObject({ product_id, product_name: 'My-Service', version: 'V1' });
    expect((second.body as { version_id: string }).version_id).not.toBe(version_id);
  });

  it('are kept as they came, and audited', async () => {
    const sent = {
      product_name: ' my-service ',
      version: '1',
      status: 'OK',
      unknown: [1, null],
      extra_metadata: { preflight_status: 1 },
    };
    expect((await pipeline.post('/build-events/', sent)).status).toBe(422);
    const reply = await pipeline.post('/build-events/', { ...sent, status: 'SUCCESS' });
    expect(await rowsOf('SELECT build_id, status, payload FROM build_events')).toEqual([
      { build_id: idOf(reply), status: 'completed', payload: { ...sent, status: 'SUCCESS' } },
    ]);
    expect(
      await rowsOf(
        "SELECT action, resource_type, resource_id, actor_kind, before, after FROM audit_log WHERE action LIKE 'build.%'",
      ),
    ).toEqual([
      {
        action: 'build.completed',
        resource_type: 'build',
        resource_id: idOf(reply),
        actor_kind: 'api_key',
        before: null,
        after: { status: 'completed', scm_sha: null, completed_at: '2026-03-02T14:00:00.000Z' },
      },
    ]);
  });

  it('are refused with every fault at once', async () => {
    const faulty = {
      version: 1.2,
      status: 'done',
      scm_sha: 'a'.repeat(65),
      error_code: 'x'.repeat(101),
      started_at: 'noon',
      extra_metadata: [],
    };
    expect(await pipeline.post('/build-events/', faulty)).toMatchObject({
      status: 422,
      body: {
        detail: [
          { loc: ['body', 'product_name'], msg: 'field required', type: 'value_error.missing' },
          { loc: ['body', 'version'], msg: 'str type expected', type: 'type_error.str' },
          {
            loc: ['body', 'status'],
            msg: "value is not a valid enumeration member; permitted: 'pending', 'started', 'completed', 'failed', 'aborted'",
            type: 'type_error.enum',
          },
          {
            loc: ['body', 'scm_sha'],
            msg: 'ensure this value has at most 64 characters',
            type: 'value_error.any_str.max_length',
          },
          {
            loc: ['body', 'error_code'],
            msg: 'ensure this value has at most 100 characters',
            type: 'value_error.any_str.max_length',
          },
          { loc: ['body', 'started_at'], msg: 'invalid datetime format', type: 'value_error.datetime' },
          { loc: ['body', 'extra_metadata'], msg: 'value is not a valid dict', type: 'type_error.dict' },
        ],
      },
    });
  });

  it('of an unknown product are refused where the catalog is closed', async () => {
    await build();
    await new Pipeline(versioner.url, versioner.adminToken).patch('/account/', { catalog: 'closed' });
    expect(await build({ product_name: 'another' })).toMatchObject({
      status: 422,
      body: {
        detail: [
          {
            loc: ['body', 'product_name'],
            msg: 'unknown product; the catalog of this account is closed',
            type: 'value_error.unknown',
          },
        ],
      },
    });
    expect((await build({ version: 'of a known product' })).status).toBe(201);
  });

  it('are answered once more under the same Idempotency-Key', async () => {
    const send = () =>
      fetch(new URL('/build-events/', versioner.url), {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${versioner.apiKey}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': 'once',
        },
        body: JSON.stringify({ product_name: 'my-service', version: '1', status: 'started', invoke_id: 'run' }),
      });
    const first = await send();
    const body = await first.json();
    await build({ version: '1', status: 'completed', invoke_id: 'run' });
    const again = await send();
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await again.json()).toEqual(body);
  });

  it('that name a new product and version at once yield one of each', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        build({ product_name: i % 2 === 0 ? 'New' : 'NEW', version: '1', invoke_id: `run ${i}` }),
      ),
    );
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201));
    for (const field of ['product_id', 'product_name', 'version_id']) {
      expect(new Set(replies.map(({ body }) => (body as Record<string, string>)[field])).size).toBe(1);
    }
    expect(await rowsOf('SELECT count(*)::int AS products FROM products')).toEqual([{ products: 1 }]);
  });
});
