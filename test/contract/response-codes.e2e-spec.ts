import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningVersioner, startVersioner } from '../../src/testing/start-versioner.js';
import { type RawAnswer, type RawRequest, sendRaw } from '../support/raw-http.js';

/*
 * The HTTP contract, status by status, as it comes over the wire. Bodies are compared to the byte where the contract
 * gives them whole. 502 is a reverse proxy's own (docs/operations.md). 409, 423 and 428 of the pre-flight checks are in
 * blocked-bodies.e2e-spec.ts and its neighbours, 500 and 503 in made-refusals.e2e-spec.ts.
 */

const event = { product_name: 'my-service', version: '1.2.3', environment_name: 'production', status: 'started' };
const unknownId = '550e8400-e29b-41d4-a716-446655440000';

describe('the response codes of the contract', () => {
  let versioner: RunningVersioner;

  beforeAll(async () => {
    versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '1000' } });
  }, 60_000);

  beforeEach(async () => {
    await versioner.reset();
  }, 60_000);

  afterAll(async () => {
    await versioner?.stop();
  }, 60_000);

  function send(request: RawRequest, secret = versioner.apiKey): Promise<RawAnswer> {
    const headers = request.headers ?? [['Content-Type', 'application/json']];
    return sendRaw(versioner.url, { ...request, headers: [['Authorization', `Bearer ${secret}`], ...headers] });
  }

  const post = (body: unknown, path = '/deployment-events/') => send({ path, body: JSON.stringify(body) });

  function expectAnswer({ status, headers, body }: RawAnswer, expected: { status: number; body: string }): void {
    expect({ status, body }).toEqual(expected);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': expect.stringMatching(/^[\w-]{8,}$/) as unknown,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  }

  it('200 OK: the event belongs to what is known, and the limit is told', async () => {
    const created = await post(event);
    const answer = await post(event);
    expectAnswer(answer, { status: 200, body: answer.body });
    expect(JSON.parse(answer.body)).toEqual(JSON.parse(created.body));
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.headers).toMatchObject({
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': expect.stringMatching(/^9\d\d$/) as unknown,
      'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/) as unknown,
    });
  });

  it('201 Created: with the place of what was created', async () => {
    const answer = await post(event);
    expect(answer.status).toBe(201);
    expect(answer.headers['location']).toBe(`/deployments/${(JSON.parse(answer.body) as { id: string }).id}`);
  });

  it('204 No Content: without a body', async () => {
    const created = await send({ path: '/api-keys/', body: '{"name":"to be revoked"}' }, versioner.adminToken);
    const { id } = JSON.parse(created.body) as { id: string };
    const answer = await send({ method: 'DELETE', path: `/api-keys/${id}` }, versioner.adminToken);
    expect([answer.status, answer.body]).toEqual([204, '']);
  });

  it.each(['{"product_name":', '{', 'null,', "{'a': 1}", '{"a":1}}', '{"a":NaN}'])(
    '400 Bad Request: %s',
    async (body) => {
      expectAnswer(await send({ path: '/deployment-events/', body }), {
        status: 400,
        body: '{"detail":"Invalid JSON in request body"}',
      });
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    '400 Bad Request: %s',
    async (type) => {
      const request = {
        path: '/deployment-events/',
        headers: [['Content-Type', type]] as const,
        body: JSON.stringify(event),
      };
      expectAnswer(await send(request), { status: 400, body: '{"detail":"Content-Type must be application/json"}' });
    },
  );

  it.each([
    ['none', []],
    ['another scheme', [['Authorization', 'Basic c2s6']]],
    ['an unknown key', [['Authorization', `Bearer sk_default_ci_${'x'.repeat(40)}`]]],
    ['a key of another account', [['Authorization', `Bearer sk_acme_ci_${'x'.repeat(40)}`]]],
    ['nonsense', [['Authorization', 'Bearer nonsense']]],
    ['an empty one', [['Authorization', 'Bearer ']]],
  ] as const)('401 Unauthorized: the same whatever is wrong with the credentials: %s', async (_what, headers) => {
    const answer = await sendRaw(versioner.url, { path: '/deployment-events/', headers, body: '{"not looked at' });
    expectAnswer(answer, { status: 401, body: '{"detail":"Invalid authentication credentials"}' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('401 Unauthorized: a credential in the query string is none', async () => {
    const path = `/deployments/?token=${versioner.adminToken}`;
    expect((await sendRaw(versioner.url, { method: 'GET', path })).status).toBe(401);
  });

  it('403 Forbidden', async () => {
    expectAnswer(await send({ method: 'GET', path: '/api-keys/' }), {
      status: 403,
      body: '{"detail":"You do not have permission to perform this action"}',
    });
  });

  it.each(['/nowhere', '/', `/deployments/${unknownId}`, `/builds/${unknownId}`, '/deployments/%E0%A4%A'])(
    '404 Not Found: unknown routes and unknown ids are one: %s',
    async (path) => {
      expectAnswer(await send({ method: 'GET', path }, versioner.adminToken), {
        status: 404,
        body: '{"detail":"Not found"}',
      });
    },
  );

  it.each([
    ['GET', '/deployment-events/', 'POST'],
    ['DELETE', '/build-events/', 'POST'],
    ['PUT', '/deployments/', 'GET, HEAD'],
  ])('405 Method Not Allowed: %s %s', async (method, path, allow) => {
    const answer = await send({ method, path }, versioner.adminToken);
    expectAnswer(answer, { status: 405, body: '{"detail":"Method Not Allowed"}' });
    expect(answer.headers['allow']).toBe(allow);
  });

  it('409 Conflict: a version with another SHA says so in both keys that clients read', async () => {
    const build = {
      product_name: 'my-service',
      version: '1.2.3',
      status: 'completed',
      scm_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
    };
    await post(build, '/build-events/');
    const message = 'Version 1.2.3 already exists with different SHA';
    expectAnswer(await post({ ...build, scm_sha: '0123456789abcdef' }, '/build-events/'), {
      status: 409,
      body: JSON.stringify({
        detail: message,
        message,
        code: 'VERSION_IMMUTABLE',
        details: { existing_sha: build.scm_sha, submitted_sha: '0123456789abcdef' },
      }),
    });
  });

  it('413 Request body too large', async () => {
    const body = JSON.stringify({ ...event, extra_metadata: { padding: 'x'.repeat(1024 * 1024) } });
    expectAnswer(await send({ path: '/deployment-events/', body }), {
      status: 413,
      body: '{"detail":"Request body too large"}',
    });
  });

  describe('422 Unprocessable Entity', () => {
    const missing = (field: string) => ({ loc: ['body', field], msg: 'field required', type: 'value_error.missing' });

    it('lists the missing fields as the contract does', async () => {
      expectAnswer(await post({ environment_name: 'production', status: 'started' }), {
        status: 422,
        body: JSON.stringify({ detail: [missing('product_name'), missing('version')] }),
      });
    });

    it('lists every fault at once, in the order of the fields, whatever the order of the body', async () => {
      const faulty = {
        extra_metadata: [],
        started_at: 'yesterday',
        scm_sha: 'x'.repeat(65),
        status: 'done',
        environment_name: null,
        version: 1.2,
      };
      expectAnswer(await post(faulty), {
        status: 422,
        body: JSON.stringify({
          detail: [
            missing('product_name'),
            { loc: ['body', 'version'], msg: 'str type expected', type: 'type_error.str' },
            {
              loc: ['body', 'environment_name'],
              msg: 'none is not an allowed value',
              type: 'type_error.none.not_allowed',
            },
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
            { loc: ['body', 'started_at'], msg: 'invalid datetime format', type: 'value_error.datetime' },
            { loc: ['body', 'extra_metadata'], msg: 'value is not a valid dict', type: 'type_error.dict' },
          ],
        }),
      });
    });

    it('names the body itself where there is none', async () => {
      const body = '{"detail":[{"loc":["body"],"msg":"field required","type":"value_error.missing"}]}';
      expectAnswer(await send({ path: '/deployment-events/', body: '' }), { status: 422, body });
    });

    it('is written in compact JSON, keys in the documented order', async () => {
      const { body } = await post({ ...event, product_name: '' });
      expect(body).toBe(
        '{"detail":[{"loc":["body","product_name"],"msg":"ensure this value has at least 1 characters","type":"value_error.any_str.min_length"}]}',
      );
    });
  });
});

describe('429 Too Many Requests', () => {
  it('has the documented body, and four headers of which two name the same moment', async () => {
    const versioner = await startVersioner({ env: { RATE_LIMIT_PER_MINUTE: '1' } });
    try {
      versioner.clock.set('2023-10-27T17:36:32.000Z');
      const headers = [['Authorization', `Bearer ${versioner.adminToken}`]] as const;
      const request = { method: 'GET', path: '/deployments/', headers };
      expect((await sendRaw(versioner.url, request)).status).toBe(200);
      const limited = await sendRaw(versioner.url, request);
      expect([limited.status, limited.body]).toEqual([
        429,
        '{"detail":"Rate limit exceeded. Try again in 60 seconds."}',
      ]);
      expect(limited.headers).toMatchObject({
        'x-ratelimit-limit': '1',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2023-10-27T17:37:32.000Z') / 1000),
        'retry-after': '60',
      });
    } finally {
      await versioner.stop();
    }
  }, 60_000);
});
