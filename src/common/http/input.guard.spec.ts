import 'reflect-metadata';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { request as httpRequest, Agent } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, type CanActivate, Controller, Get, Module, Param, Patch, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ErrorFilter } from '../filters/error.filter.js';
import { eventually } from '../../../test/support/eventually.js';
import { UnauthenticatedError } from '../errors/request.errors.js';
import { StringField } from '../validation/fields.js';
import { QueryIntegerField } from '../validation/query-fields.js';
import { ValidationPipe } from '../validation/validation.pipe.js';
import { IdParams } from './id-params.dto.js';
import { InputGuard } from './input.guard.js';

class ThingDto {
  @StringField({ max: 2_000_000 })
  name!: string;
}

class ThingsQuery {
  @QueryIntegerField({ min: 1, max: 9 })
  limit?: number;
}

@Controller('things')
class ThingsController {
  @Post()
  create(@Body() body: ThingDto): object {
    return { length: body.name.length };
  }

  @Get()
  list(@Query() query: ThingsQuery): object {
    return query;
  }

  @Patch(':id')
  change(@Param() { id }: IdParams, @Body() body: ThingDto): object {
    return { id, ...body };
  }

  @Get(':id/parts')
  parts(@Param('id') id: string): object {
    return { id };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

interface StandInRequest {
  readonly headers: Record<string, string>;
  actor?: { readonly credentialId: string | undefined };
}

class BearerStandIn implements CanActivate {
  canActivate(context: { switchToHttp(): { getRequest(): StandInRequest } }): boolean {
    const request = context.switchToHttp().getRequest();
    if (request.headers['authorization'] !== 'Bearer good') throw new UnauthenticatedError();
    request.actor = { credentialId: request.headers['x-credential'] };
    return true;
  }
}

type Content = string | Buffer;

let app: NestExpressApplication;
let url: string;
const json = { authorization: 'Bearer good', 'content-type': 'application/json' };
const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';

beforeAll(async () => {
  app = await NestFactory.create<NestExpressApplication>(ThingsModule, { bodyParser: false, logger: false });
  app.useGlobalGuards(new BearerStandIn(), new InputGuard());
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ErrorFilter());
  await app.listen(0, '127.0.0.1');
  url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});

afterAll(() => app.close());

async function send(
  method: string,
  path: string,
  body?: Content,
  headers: Record<string, string> = json,
): Promise<[number, unknown]> {
  const response = await fetch(url + path, {
    method,
    headers,
    body: body === undefined ? null : new Uint8Array(Buffer.from(body)),
  });
  return [response.status, await response.json()];
}

const badJson = [400, { detail: 'Invalid JSON in request body' }];
const badType = [400, { detail: 'Content-Type must be application/json' }];
const tooLarge = [413, { detail: 'Request body too large' }];

describe('a body', () => {
  it.each<[string, Content | undefined, Record<string, string>, unknown]>([
    ['JSON', '{"name":"abc"}', json, [201, { length: 3 }]],
    [
      'JSON with a charset',
      '{"name":"é"}',
      { ...json, 'content-type': 'application/json; charset=utf-8' },
      [201, { length: 1 }],
    ],
    [
      'a +json type',
      '{"name":"abc"}',
      { ...json, 'content-type': 'application/cloudevents+json' },
      [201, { length: 3 }],
    ],
    ['a byte order mark', '\ufeff{"name":"abc"}', json, [201, { length: 3 }]],
    ['gzip', gzipSync('{"name":"abc"}'), { ...json, 'content-encoding': 'gzip' }, [201, { length: 3 }]],
    [
      'gzip that unpacks to too much',
      gzipSync(JSON.stringify({ name: 'a'.repeat(1_100_000) })),
      { ...json, 'content-encoding': 'gzip' },
      tooLarge,
    ],
    ['gzip that is none', '{"name":"abc"}', { ...json, 'content-encoding': 'gzip' }, badJson],
    ['an unknown encoding', '{"name":"abc"}', { ...json, 'content-encoding': 'constructor' }, badJson],
    ['half of it', '{"name":', json, badJson],
    ['too deep', '['.repeat(65) + ']'.repeat(65), json, badJson],
    ['a form', 'name=abc', { ...json, 'content-type': 'application/x-www-form-urlencoded' }, badType],
    ['text', '{"name":"abc"}', { ...json, 'content-type': 'text/plain' }, badType],
    ['JSON in name only', '{"name":"abc"}', { ...json, 'content-type': 'application/jsonp' }, badType],
    [
      'nothing',
      undefined,
      json,
      [422, { detail: [{ loc: ['body'], msg: 'field required', type: 'value_error.missing' }] }],
    ],
    [
      'nothing of no type',
      undefined,
      { authorization: 'Bearer good' },
      [422, { detail: [{ loc: ['body'], msg: 'field required', type: 'value_error.missing' }] }],
    ],
    [
      'null',
      'null',
      json,
      [422, { detail: [{ loc: ['body'], msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' }] }],
    ],
    ['1 MiB', JSON.stringify({ name: 'a'.repeat(1024 * 1024 - 11) }), json, [201, { length: 1024 * 1024 - 11 }]],
    ['1 MiB and a byte', JSON.stringify({ name: 'a'.repeat(1024 * 1024 - 10) }), json, tooLarge],
    ['too much of another type', 'a'.repeat(1024 * 1024 + 1), { ...json, 'content-type': 'text/plain' }, tooLarge],
    [
      'anything from a stranger',
      '{"name":',
      { 'content-type': 'text/plain' },
      [401, { detail: 'Invalid authentication credentials' }],
    ],
    [
      'too much from a stranger',
      'a'.repeat(1024 * 1024 + 1),
      {},
      [401, { detail: 'Invalid authentication credentials' }],
    ],
  ])('of %s', async (_, body, headers, answer) => {
    expect(await send('POST', '/things', body, headers)).toEqual(answer);
  });

  it('without a type is refused', async () => {
    expect(await send('POST', '/things', Buffer.from('{"name":"abc"}'), { authorization: 'Bearer good' })).toEqual(
      badType,
    );
  });

  it.each(['content-length', 'transfer-encoding'])(
    'that is too large by its %s leaves the connection usable',
    async (by) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const body = Buffer.alloc(3 * 1024 * 1024, 0x20);
      const post = (content: Buffer) =>
        new Promise<{ status: number; port: number }>((resolve, reject) => {
          const length = by === 'content-length' ? { 'content-length': content.length } : {};
          const sent = httpRequest(
            `${url}/things`,
            { method: 'POST', agent, headers: { ...json, ...length } },
            (response) => {
              response
                .resume()
                .on('end', () => resolve({ status: response.statusCode ?? 0, port: sent.socket?.localPort ?? 0 }));
            },
          );
          sent.on('error', reject).end(content);
        });
      const first = await post(body);
      expect(first.status).toBe(413);
      expect(await post(Buffer.from('{"name":"abc"}'))).toEqual({ status: 201, port: first.port });
      agent.destroy();
    },
  );

  it('that a client does not send to its end ends in no answer and no error', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      'POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await once(socket, 'close');
    expect((await send('POST', '/things', '{"name":"abc"}'))[0]).toBe(201);
  });
});

const notDeclared = (name: string) => ({
  loc: ['query', name],
  msg: 'extra fields not permitted',
  type: 'value_error.extra',
});

describe('the other places', () => {
  it('are refused together, in the order in which a request is written', async () => {
    expect(await send('PATCH', '/things/abc?x=1', '{}', { ...json, 'idempotency-key': '' })).toEqual([
      422,
      {
        detail: [
          { loc: ['path', 'id'], msg: 'value is not a valid uuid', type: 'type_error.uuid' },
          notDeclared('x'),
          { loc: ['body', 'name'], msg: 'field required', type: 'value_error.missing' },
        ],
      },
    ]);
  });

  it.each<[string, string, unknown]>([
    ['POST', '/things?dry_run=1', notDeclared('dry_run')],
    ['GET', '/things?lmit=5', notDeclared('lmit')],
    [
      'GET',
      '/things?limit=10',
      {
        loc: ['query', 'limit'],
        msg: 'ensure this value is less than or equal to 9',
        type: 'value_error.number.not_le',
      },
    ],
    ['GET', `/things/${id}/parts?x=1`, notDeclared('x')],
    ['GET', '/things/abc/parts', { loc: ['path', 'id'], msg: 'value is not a valid uuid', type: 'type_error.uuid' }],
  ])('%s %s', async (method, path, fault) => {
    expect(await send(method, path, method === 'POST' ? '{"name":"abc"}' : undefined)).toEqual([
      422,
      { detail: [fault] },
    ]);
  });

  it.each([
    ['', 'ensure this value has at least 1 characters', 'value_error.any_str.min_length'],
    ['k'.repeat(256), 'ensure this value has at most 255 characters', 'value_error.any_str.max_length'],
  ])('an Idempotency-Key of %j', async (key, msg, type) => {
    expect(await send('POST', '/things', '{"name":"abc"}', { ...json, 'idempotency-key': key })).toEqual([
      422,
      { detail: [{ loc: ['header', 'idempotency-key'], msg, type }] },
    ]);
  });

  it('reach the handler as they were read', async () => {
    expect(await send('GET', '/things?limit=5')).toEqual([200, { limit: 5 }]);
    expect(await send('PATCH', `/things/${id.toUpperCase()}`, '{"name":"abc","unknown":1}')).toEqual([
      200,
      { id, name: 'abc' },
    ]);
  });
});

it('takes 500 bodies at once from one credential, and those of others besides', async () => {
  const { port } = new URL(url);
  const post = (credential: string) =>
    send('POST', '/things', '{"name":"abc"}', { ...json, 'x-credential': credential });
  const slow = Array.from({ length: 500 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      'POST /things HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good\r\nX-Credential: slow\r\n' +
        'Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"name":',
    );
    return socket;
  });
  try {
    await eventually(async () => (await post('slow'))[0] === 503);
    expect(await post('another')).toEqual([201, { length: 3 }]);

    slow[0]!.write('"abc"}');
    const [answer] = (await once(slow[0]!, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 201 Created/);
    await eventually(async () => (await post('slow'))[0] === 201);
  } finally {
    for (const socket of slow) socket.destroy();
  }
  await eventually(async () => (await post('slow'))[0] === 201);
});
