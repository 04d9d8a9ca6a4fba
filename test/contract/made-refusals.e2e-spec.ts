import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Type, Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { UnavailableError } from '../../src/common/errors/request.errors.js';
import { ErrorFilter } from '../../src/common/filters/error.filter.js';
import { type RawAnswer, sendRaw } from '../support/raw-http.js';

/*
 * The refusals of the contract that only a fault brings about, made by the service's own filter and read off the wire.
 */

@Controller()
class RefusingController {
  @Get('fault')
  fault(): never {
    throw new Error('the password is secret');
  }

  @Get('away')
  away(): never {
    throw new UnavailableError();
  }

  @Get('connection')
  connection(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  }
}

@Module({ controllers: [RefusingController] })
class RefusingModule {}

describe('the refusals that the filter makes', () => {
  let app: NestExpressApplication;

  beforeAll(async () => {
    app = await NestFactory.create<NestExpressApplication>(RefusingModule as Type, { logger: false });
    app.useGlobalFilters(new ErrorFilter());
    await app.listen(0, '127.0.0.1');
  }, 60_000);

  afterAll(async () => {
    await app?.close();
  });

  async function refusalOf(path: string): Promise<RawAnswer> {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const answer = await sendRaw(`http://127.0.0.1:${port}`, { method: 'GET', path });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    return answer;
  }

  it('500 Internal Server Error: and nothing of the cause', async () => {
    const { status, body } = await refusalOf('/fault');
    expect([status, body]).toEqual([500, '{"detail":"Internal server error"}']);
  });

  it.each(['/away', '/connection'])('503 Service Unavailable: %s', async (path) => {
    const { status, headers, body } = await refusalOf(path);
    expect([status, body]).toEqual([503, '{"detail":"Service temporarily unavailable"}']);
    expect(headers['retry-after']).toMatch(/^[1-9]\d*$/);
  });
});
