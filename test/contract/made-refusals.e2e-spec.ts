import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Type, Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DeploymentBlockedError } from '../../src/common/errors/deployment-blocked.error.js';
import { UnavailableError } from '../../src/common/errors/request.errors.js';
import { ErrorFilter } from '../../src/common/filters/error.filter.js';
import { type RawAnswer, sendRaw } from '../support/raw-http.js';

/*
 * The refusals of the contract that no rule and no fault can bring about yet, made by the service's own filter and read
 * off the wire.
 */

const freeze = {
  error: 'deployment_blocked',
  message: 'No deployments allowed on Fridays after 3pm PST',
  code: 'NO_DEPLOY_WINDOW',
  retry_after: '2025-10-28T00:00:00Z',
  details: {
    window_name: 'friday_freeze',
    window_start: '2025-10-25T15:00:00-07:00',
    window_end: '2025-10-28T00:00:00-07:00',
    reason: 'Weekly deployment freeze',
  },
} as const;

const approval = {
  error: 'deployment_blocked',
  message: 'Production deployment requires approval from 2 team leads',
  code: 'APPROVAL_REQUIRED',
  details: { required_approvals: 2, current_approvals: 0, approver_roles: ['team-lead', 'manager'] },
} as const;

@Controller()
class RefusingController {
  @Get('freeze')
  freeze(): never {
    // The filter puts the keys in order, whatever the order in which a check names them.
    const { error, ...rest } = freeze;
    throw new DeploymentBlockedError(423, { ...rest, error }, 59.2);
  }

  @Get('approval')
  approval(): never {
    throw new DeploymentBlockedError(428, approval);
  }

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

  it('423 Locked: the documented object, once at the top level and once under detail', async () => {
    const { status, headers, body } = await refusalOf('/freeze');
    expect([status, body]).toEqual([423, JSON.stringify({ ...freeze, detail: freeze })]);
    // Rounded up: who waits so long has waited long enough.
    expect(headers['retry-after']).toBe('60');
  });

  it('428 Precondition Required: without a time, since people do not tell when they decide', async () => {
    const { status, headers, body } = await refusalOf('/approval');
    expect([status, body]).toEqual([428, JSON.stringify({ ...approval, detail: approval })]);
    expect(headers).not.toHaveProperty('retry-after');
  });

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
