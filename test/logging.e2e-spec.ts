import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newSecret } from '../src/auth/secrets.js';
import { EmptyDatabase } from './support/empty-database.js';
import { eventually } from './support/eventually.js';
import { Pipeline } from './support/pipeline.js';
import { ServiceProcess } from './support/service-process.js';
import { replicas } from './support/replicas.js';

const apiKey = newSecret('sk', 'default', 'ci').secret;
const adminToken = newSecret('pat', 'default').secret;

type Line = Record<string, unknown>;

describe('the log', () => {
  let database: EmptyDatabase;
  let service: ServiceProcess;
  let pipeline: Pipeline;
  let admin: Pipeline;

  beforeAll(async () => {
    database = await EmptyDatabase.create();
    service = await ServiceProcess.start({
      DATABASE_URL: database.url,
      VERSIONER_API_KEY: apiKey,
      VERSIONER_ADMIN_TOKEN: adminToken,
    });
    pipeline = new Pipeline(service.url, apiKey);
    admin = new Pipeline(service.url, adminToken);
  }, 60_000);

  afterAll(async () => {
    await service?.stop();
    await database?.drop();
  }, 60_000);

  const requestLines = (): Line[] => service.log.filter(({ msg }) => msg === 'request');

  /** The lines of one request, once one of it and one of the next have come: workers write them each for itself. */
  async function linesOf(requestId: string): Promise<Line[]> {
    const marker = (await admin.get('/me-or-not')).headers.get('x-request-id');
    await eventually(() =>
      [requestId, marker].every((id) => requestLines().some(({ request_id }) => request_id === id)),
    );
    return requestLines().filter(({ request_id }) => request_id === requestId);
  }

  it('says what a 403 does not: the permission that was not held', async () => {
    const reply = await pipeline.get('/users/');
    expect([reply.status, reply.body]).toEqual([403, { detail: 'You do not have permission to perform this action' }]);
    expect(await linesOf(reply.headers.get('x-request-id') ?? '')).toMatchObject([
      { level: 'info', status: 403, reason: 'users:read is not held' },
    ]);
  });

  it('has one line for a request, with who, what, how it ended and how long it took', async () => {
    const reply = await pipeline.deploy({ product_name: 'shop', version: '1' });
    expect(await linesOf(reply.headers.get('x-request-id') ?? '')).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        request_id: expect.any(String),
        account: 'default',
        credential_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        method: 'POST',
        route: expect.stringMatching(/^\/deployment-events\/?$/),
        status: 201,
        duration_ms: expect.any(Number),
        bytes: expect.any(Number),
        msg: 'request',
        ...(replicas > 1 ? { worker: expect.any(Number) } : undefined),
      },
    ]);
  });

  it('names the route and not what was asked for', async () => {
    const found = await admin.get('/deployments/?deployed_by=somebody-private');
    const unknown = await admin.get('/no/such/thing?token=feed_Secret0Secret0Secret0Secret0Secret0');
    const [line] = await linesOf(found.headers.get('x-request-id') ?? '');
    expect(line).toMatchObject({ route: expect.stringMatching(/^\/deployments\/?$/), status: 200 });
    const [other] = await linesOf(unknown.headers.get('x-request-id') ?? '');
    expect(other).toMatchObject({ route: 'unmatched' });
    expect(service.output).not.toMatch(/somebody-private|no\/such|feed_S/);
  });

  it('says so where nobody was recognised, without what they showed', async () => {
    const stranger = new Pipeline(service.url, `${apiKey.slice(0, -8)}Stranger`);
    const reply = await stranger.get('/deployments/');
    const [line] = await linesOf(reply.headers.get('x-request-id') ?? '');
    expect(line).toMatchObject({ status: 401 });
    expect(line).not.toHaveProperty('account');
    expect(service.output).not.toContain('Stranger');
  });

  it('says little at the start, and has no secret in any line', async () => {
    const startLines = service.log.filter(({ msg }) => msg !== 'request' && !String(msg).startsWith('Migrated: '));
    // Each worker says that it has started, and as which process.
    expect(startLines.length).toBeLessThan(replicas === 1 ? 5 : 3 + 2 * replicas);
    const password = new URL(database.url).password;
    for (const secret of [apiKey, adminToken, password].filter((text) => text.length > 3)) {
      expect(service.output).not.toContain(secret);
    }
  });

  it('says that it stops, and that it has stopped', async () => {
    await service.stop();
    const said = service.log.filter(({ level }) => level === 'info').map(({ msg }) => msg);
    expect(said.indexOf('Stopping…')).toBeGreaterThan(0);
    expect(said.at(-1)).toBe('Stopped');
  });
});
