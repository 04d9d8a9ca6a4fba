import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningVersioner, startVersioner } from '../src/testing/start-versioner.js';
import { sendRaw } from './support/raw-http.js';

const json = { 'content-type': 'application/json' };
const event = { product_name: 'errors', version: '1', environment_name: 'production', status: 'completed' };
const unknownId = '550e8400-e29b-41d4-a716-446655440000';
const unauthenticated = '{"detail":"Invalid authentication credentials"}';
const forbidden = '{"detail":"You do not have permission to perform this action"}';

interface Sent {
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

describe('errors', () => {
  let versioner: RunningVersioner;

  beforeAll(async () => {
    versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '1000' } });
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
  }, 60_000);

  async function send(method: string, path: string, { key = versioner.apiKey, headers = {}, body }: Sent = {}) {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(versioner.url + path, {
      method,
      redirect: 'manual',
      headers: { ...authorization, ...(body === undefined ? {} : json), ...headers },
      body: body ?? null,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  describe('the order of refusals', () => {
    const tooLarge = 'x'.repeat(1024 * 1024 + 1);

    it.each<[string, string, string]>([
      ['a body that is no JSON', 'POST', '/deployment-events/'],
      ['an unknown route', 'GET', '/nothing/here'],
      ['a method that the path does not know', 'DELETE', '/deployment-events/'],
      ['a route for admins', 'POST', '/api-keys/'],
      ['a path that cannot be decoded', 'GET', '/deployments/%E0%A4%A'],
      ['the root', 'GET', '/'],
    ])('401 comes first: %s', async (_, method, path) => {
      const body = method === 'POST' ? '{"a":' : undefined;
      for (const key of [null, 'sk_default_ci_' + 'x'.repeat(40), 'nonsense']) {
        const answer = await send(method, path, { key, ...(body === undefined ? {} : { body }) });
        expect(answer).toMatchObject({ status: 401, text: unauthenticated });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    });

    it.each<[string, string, Sent, number, string]>([
      ['404 of routes before 403', '/nothing/here', { body: '{' }, 404, '{"detail":"Not found"}'],
      ['405 before 413', '/deployments/', { body: tooLarge }, 405, '{"detail":"Method Not Allowed"}'],
      ['403 before 413', '/api-keys/', { body: tooLarge }, 403, forbidden],
      ['403 before 400', '/api-keys/', { body: '{' }, 403, forbidden],
      ['403 before 422', '/api-keys/', { body: '{}' }, 403, forbidden],
      ['413 before 400', '/deployment-events/', { body: tooLarge }, 413, '{"detail":"Request body too large"}'],
      ['400 before 422', '/deployment-events/?x=1', { body: '{' }, 400, '{"detail":"Invalid JSON in request body"}'],
      [
        '400 of the type before 400 of the JSON',
        '/deployment-events/',
        { body: '{', headers: { 'content-type': 'text/plain' } },
        400,
        '{"detail":"Content-Type must be application/json"}',
      ],
      [
        '422 before 404 of ids',
        `/deployments/${unknownId}/abort`,
        { body: '{}' },
        422,
        '{"detail":[{"loc":["body","reason"],"msg":"field required","type":"value_error.missing"}]}',
      ],
      ['404 of ids', `/deployments/${unknownId}/abort`, { body: '{"reason":"lost"}' }, 404, '{"detail":"Not found"}'],
    ])('%s', async (_, path, sent, status, text) => {
      const answer = await send('POST', path, sent);
      expect([answer.status, answer.text]).toEqual([status, text]);
      expect(answer.headers.get('x-ratelimit-limit')).not.toBeNull();
    });
  });

  describe('paths and methods', () => {
    it.each(['/deployment-events', '/deployment-events/', '//deployment-events/', '///deployment-events//'])(
      'POST %s is served, never redirected',
      async (path) => {
        expect((await send('POST', path, { body: JSON.stringify(event) })).status).toBeLessThan(300);
      },
    );

    it('serves a request whose target is a whole URL', async () => {
      const { hostname, port } = new URL(versioner.url);
      const socket = connect(Number(port), hostname);
      socket.end(`GET ${versioner.url}/health/live HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
      expect(await textOf(socket)).toMatch(/^HTTP\/1.1 200 OK[^]*\{"status":"alive"\}$/);
    });

    it.each(['*', 'ftp://versioner.example.com/health'])(
      'OPTIONS %s is a path like any that is unknown',
      async (path) => {
        const authorization = ['Authorization', `Bearer ${versioner.apiKey}`] as const;
        expect(await sendRaw(versioner.url, { method: 'OPTIONS', path })).toMatchObject({ status: 401 });
        const known = await sendRaw(versioner.url, { method: 'OPTIONS', path, headers: [authorization] });
        expect(known).toMatchObject({ status: 404, body: '{"detail":"Not found"}' });
      },
    );

    it('serves a request with an expectation that it does not know', async () => {
      const headers = [['Expect', 'a miracle']] as const;
      const answer = await sendRaw(versioner.url, { method: 'GET', path: '/health/live', headers });
      expect(answer).toMatchObject({ status: 200, body: '{"status":"alive"}' });
    });

    it.each<[string, string, string]>([
      ['GET', '/deployment-events/', 'POST'],
      ['OPTIONS', '/deployment-events/', 'POST'],
      ['PUT', '/deployments/', 'GET, HEAD'],
      ['POST', '/health', 'GET, HEAD'],
      ['DELETE', `/deployments/${unknownId}`, 'GET, HEAD'],
    ])('%s %s is 405', async (method, path, allow) => {
      const answer = await send(method, path);
      expect(answer).toMatchObject({ status: 405, text: '{"detail":"Method Not Allowed"}' });
      expect(answer.headers.get('allow')).toBe(allow);
    });

    it.each(['/Deployment-Events/', '/deployment-events/x/y', '/deployments/%E0%A4%A', '/__proto__', '/%00'])(
      'GET %s is 404',
      async (path) => {
        expect(await send('GET', path)).toMatchObject({ status: 404, text: '{"detail":"Not found"}' });
      },
    );

    it('HEAD answers what GET does, without the body', async () => {
      const head = await send('HEAD', '/deployments/', { key: versioner.adminToken });
      const get = await send('GET', '/deployments/', { key: versioner.adminToken });
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    });

    it('an id that is none is 422, with where it stands', async () => {
      expect(await send('GET', '/deployments/42', { key: versioner.adminToken })).toMatchObject({
        status: 422,
        text: '{"detail":[{"loc":["path","id"],"msg":"value is not a valid uuid","type":"type_error.uuid"}]}',
      });
    });
  });

  describe('422', () => {
    it('tells every fault of an event at once, in the order of the fields', async () => {
      const body = JSON.stringify({
        status: 'fine',
        version: 1.2,
        product_name: '',
        extra_metadata: { a: ['\u0000'] },
        skip_preflight_checks: 'yes',
        completed_at: 'now',
        source_system: 'x'.repeat(51),
        deployed_by: '',
        unknown: true,
      });
      const permitted = "'pending', 'started', 'completed', 'failed', 'aborted'";
      expect(JSON.parse((await send('POST', '/deployment-events/', { body })).text)).toEqual({
        detail: [
          fault('product_name', 'ensure this value has at least 1 characters', 'value_error.any_str.min_length'),
          fault('version', 'str type expected', 'type_error.str'),
          fault('environment_name', 'field required', 'value_error.missing'),
          fault('status', `value is not a valid enumeration member; permitted: ${permitted}`, 'type_error.enum'),
          fault('source_system', 'ensure this value has at most 50 characters', 'value_error.any_str.max_length'),
          fault('completed_at', 'invalid datetime format', 'value_error.datetime'),
          {
            loc: ['body', 'extra_metadata', 'a', 0],
            msg: 'invalid character in string',
            type: 'value_error.str.character',
          },
          fault('skip_preflight_checks', 'value could not be parsed to a boolean', 'type_error.bool'),
        ],
      });
    });

    it('has the documented two entries, to the byte', async () => {
      const body = JSON.stringify({ environment_name: 'production', status: 'started' });
      expect(await send('POST', '/deployment-events/', { body })).toMatchObject({
        status: 422,
        text:
          '{"detail":[{"loc":["body","product_name"],"msg":"field required","type":"value_error.missing"},' +
          '{"loc":["body","version"],"msg":"field required","type":"value_error.missing"}]}',
      });
    });

    it.each([
      ['limit=0', 'limit', 'ensure this value is greater than or equal to 1'],
      ['limit=201', 'limit', 'ensure this value is less than or equal to 200'],
      ['limit=ten', 'limit', 'value is not a valid integer'],
      ['cursor=nonsense', 'cursor', 'value is not a valid cursor'],
      ['prodct=x', 'prodct', 'extra fields not permitted'],
      ['constructor=x', 'constructor', 'extra fields not permitted'],
      ['__proto__=x', '__proto__', 'extra fields not permitted'],
      ['toString=x', 'toString', 'extra fields not permitted'],
    ])('GET /deployments/?%s', async (query, name, msg) => {
      const answer = await send('GET', `/deployments/?${query}`, { key: versioner.adminToken });
      expect(answer.status).toBe(422);
      expect(JSON.parse(answer.text)).toMatchObject({ detail: [{ loc: ['query', name], msg }] });
    });
  });

  describe('every answer', () => {
    it.each<[string, string]>([
      ['GET', '/health'],
      ['GET', '/deployments/'],
      ['GET', '/nothing'],
      ['DELETE', '/deployments/'],
    ])('%s %s has an id, the security headers, and nothing that names the framework', async (method, path) => {
      for (const key of [null, versioner.apiKey]) {
        const { headers } = await send(method, path, { key });
        expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.has('x-powered-by')).toBe(false);
        expect(headers.has('location')).toBe(false);
      }
    });

    it.each([
      ['run-42:attempt.1_b', true],
      ['x'.repeat(128), true],
      ['x'.repeat(129), false],
      ['two words', false],
      ['"quoted"', false],
    ])('carries the id %j of the request: %j', async (id, kept) => {
      const { headers } = await send('GET', '/health', { headers: { 'x-request-id': id } });
      expect(headers.get('x-request-id') === id).toBe(kept);
    });
  });

  it('answers in the usual shape what is not even HTTP', async () => {
    const { hostname, port } = new URL(versioner.url);
    const socket = connect(Number(port), hostname);
    socket.end('NONSENSE\r\n\r\n');
    expect(await textOf(socket)).toMatch(
      /^HTTP\/1.1 400 Bad Request\r\n[^]*X-Request-Id: [^]*\r\n\r\n\{"detail":"Bad Request"\}$/,
    );
  });

  it('tells nothing of a fault of the service', async () => {
    const database = new pg.Client(versioner.databaseUrl);
    await database.connect();
    await database.query('ALTER TABLE deployments RENAME TO hidden');
    try {
      const answer = await send('GET', '/deployments/', { key: versioner.adminToken });
      expect(answer).toMatchObject({ status: 500, text: '{"detail":"Internal server error"}' });
      expect(answer.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    } finally {
      await database.query('ALTER TABLE hidden RENAME TO deployments');
      await database.end();
    }
  });
});

function fault(field: string, msg: string, type: string): object {
  return { loc: ['body', field], msg, type };
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
