import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { Pipeline, type Reply } from './support/pipeline.js';

describe('the events of a build', () => {
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

  function build(event: Record<string, unknown> = {}): Promise<Reply> {
    return pipeline.post('/build-events/', {
      product_name: 'my-service',
      version: '1.2.3',
      status: 'started',
      ...event,
    });
  }

  async function rowsOf(statement: string): Promise<object[]> {
    return (await database.query<object>(statement)).rows;
  }

  const idOf = ({ body }: Reply) => (body as { id: string }).id;

  it('end the build that was started, which keeps its id', async () => {
    const started = await build({ invoke_id: 'run', extra_metadata: { a: 1, b: 1 }, built_by: 'octocat' });
    versioner.clock.advance(90_000);
    const failed = await build({
      status: 'Failure',
      invoke_id: 'run',
      error_message: 'Unit tests failed',
      error_code: 'TESTS_FAILED',
      built_by: 'a bot',
      extra_metadata: { b: 2 },
    });
    expect(failed.status).toBe(200);
    expect(failed.headers.get('location')).toBeNull();
    expect(failed.body).toEqual({
      ...(started.body as object),
      status: 'failed',
      completed_at: '2026-03-02T14:01:30.000Z',
      updated_at: '2026-03-02T14:01:30.000Z',
      error_message: 'Unit tests failed',
      error_code: 'TESTS_FAILED',
      extra_metadata: { a: 1, b: 2 },
    });
  });

  it('without a start are recorded, and their start is never null', async () => {
    // The CI action always says that the build has started now.
    const ofTheAction = await build({
      status: 'completed',
      started_at: '2026-03-02T13:59:59.500Z',
      built_by: '',
      scm_sha: null,
    });
    expect(ofTheAction).toMatchObject({
      status: 201,
      body: {
        status: 'completed',
        started_at: '2026-03-02T14:00:00.000Z',
        completed_at: '2026-03-02T14:00:00.000Z',
        built_by: null,
        scm_sha: null,
      },
    });
    const backfilled = await build({
      version: '2',
      status: 'completed',
      started_at: '2026-03-02T13:00:00Z',
      completed_at: '2026-03-02T13:10:00Z',
    });
    expect(backfilled.body).toMatchObject({
      started_at: '2026-03-02T13:00:00.000Z',
      completed_at: '2026-03-02T13:10:00.000Z',
    });
  });

  it('that repeat one within ten minutes change nothing', async () => {
    const event = { invoke_id: 'run', extra_metadata: { vi_gh_run_attempt: 1 } };
    const first = await build(event);
    versioner.clock.advance(599_000);
    const repeated = await build(event);
    expect(repeated).toMatchObject({ status: 200, body: first.body as object });
    expect(await rowsOf('SELECT status FROM build_events')).toHaveLength(1);
    expect(await rowsOf("SELECT action FROM audit_log WHERE action LIKE 'build.%'")).toHaveLength(1);
  });

  it.each([
    ['another run attempt', { extra_metadata: { vi_gh_run_attempt: 2 } }, 0],
    ['more than ten minutes', {}, 600_000],
  ])('that start a build in progress after %s are a new attempt', async (_, change, passed) => {
    const event = { invoke_id: 'run', extra_metadata: { vi_gh_run_attempt: 1 } };
    const first = await build(event);
    versioner.clock.advance(passed);
    const second = await build({ ...event, ...change });
    expect(second.status).toBe(201);
    expect(idOf(second)).not.toBe(idOf(first));
    expect(await rowsOf('SELECT id, status, error_code FROM builds ORDER BY id')).toEqual([
      { id: idOf(first), status: 'aborted', error_code: 'superseded' },
      { id: idOf(second), status: 'started', error_code: null },
    ]);
    expect(
      await rowsOf("SELECT action, resource_id FROM audit_log WHERE action LIKE 'build.%' ORDER BY at, id"),
    ).toEqual(expect.arrayContaining([{ action: 'build.superseded', resource_id: idOf(first) }]));
  });

  it.each([
    ['the same build number is a repeat', { build_number: '7' }, 200],
    ['another build number is another build', { build_number: '8' }, 201],
  ])('without an invoke_id: %s', async (_, event, status) => {
    await build({ build_number: '7' });
    expect((await build(event)).status).toBe(status);
  });

  it('by another run end the only open build of the version, and no other', async () => {
    const first = await build({ invoke_id: 'a' });
    expect(idOf(await build({ status: 'success', invoke_id: 'elsewhere' }))).toBe(idOf(first));
    const [b, c] = [await build({ invoke_id: 'b' }), await build({ invoke_id: 'c' })];
    const ambiguous = await build({ status: 'failed', invoke_id: 'elsewhere too' });
    expect(ambiguous.status).toBe(201);
    expect(await rowsOf("SELECT id FROM builds WHERE status = 'started' ORDER BY id")).toEqual([
      { id: idOf(b) },
      { id: idOf(c) },
    ]);
  });

  it('that announce a build late fill its gaps', async () => {
    const started = await build({ invoke_id: 'run', scm_branch: 'main' });
    const late = await build({
      status: 'queued',
      invoke_id: 'run',
      scm_branch: 'next',
      build_url: 'vstfs:///Build/Build/7',
    });
    expect(late).toMatchObject({
      status: 200,
      body: { ...(started.body as object), scm_branch: 'main', build_url: 'vstfs:///Build/Build/7' },
    });

    const ended = await build({ version: '2', status: 'completed', invoke_id: 'run' });
    const later = await build({ version: '2', status: 'pending', invoke_id: 'run', scm_branch: 'main' });
    expect(later).toMatchObject({ status: 200, body: { ...(ended.body as object), scm_branch: 'main' } });
  });

  it('that are identical and in flight together open one build', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => build({ invoke_id: 'run' })));
    expect(replies.map(({ status }) => status).toSorted((a, b) => b - a)).toEqual([
      201,
      ...Array.from({ length: 49 }, () => 200),
    ]);
    expect(new Set(replies.map(idOf)).size).toBe(1);
  });
});
