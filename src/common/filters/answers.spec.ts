import { describe, expect, it } from '@jest/globals';
import { ConflictError } from '../errors/conflict.error.js';
import { DeploymentBlockedError } from '../errors/deployment-blocked.error.js';
import type { DomainError } from '../errors/domain-error.js';
import { InvalidError } from '../errors/invalid.error.js';
import {
  BodyTooLargeError,
  ForbiddenError,
  InvalidJsonError,
  MethodNotAllowedError,
  NotFoundError,
  PreconditionFailedError,
  RateLimitedError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../errors/request.errors.js';
import { answerTo, internalError } from './answers.js';

const windowActive = {
  error: 'deployment_blocked',
  message: 'No deployments allowed on Fridays after 3pm PST',
  code: 'NO_DEPLOY_WINDOW',
  retry_after: '2025-10-28T00:00:00Z',
  details: { window_name: 'friday_freeze' },
} as const;
const windowText =
  '{"error":"deployment_blocked","message":"No deployments allowed on Fridays after 3pm PST","code":"NO_DEPLOY_WINDOW",' +
  '"retry_after":"2025-10-28T00:00:00Z","details":{"window_name":"friday_freeze"}';

const { retry_after: _, ...withoutTime } = windowActive;
const withoutTimeText =
  '{"error":"deployment_blocked","message":"No deployments allowed on Fridays after 3pm PST","code":"NO_DEPLOY_WINDOW","details":{"window_name":"friday_freeze"}';

describe('the answer to a refusal', () => {
  it.each<[DomainError, number, string, Record<string, string>]>([
    [new InvalidJsonError(), 400, '{"detail":"Invalid JSON in request body"}', {}],
    [new UnsupportedMediaTypeError(), 400, '{"detail":"Content-Type must be application/json"}', {}],
    [
      new UnauthenticatedError(),
      401,
      '{"detail":"Invalid authentication credentials"}',
      { 'WWW-Authenticate': 'Bearer' },
    ],
    [new ForbiddenError(), 403, '{"detail":"You do not have permission to perform this action"}', {}],
    [new NotFoundError(), 404, '{"detail":"Not found"}', {}],
    [new MethodNotAllowedError(['GET', 'HEAD']), 405, '{"detail":"Method Not Allowed"}', { Allow: 'GET, HEAD' }],
    [
      new ConflictError('Taken', { code: 'X' }, { Location: '/y' }),
      409,
      '{"detail":"Taken","code":"X"}',
      { Location: '/y' },
    ],
    [new DeploymentBlockedError(409, withoutTime), 409, `${withoutTimeText},"detail":${withoutTimeText}}}`, {}],
    [
      new DeploymentBlockedError(423, windowActive, 59.2),
      423,
      `${windowText},"detail":${windowText}}}`,
      { 'Retry-After': '60' },
    ],
    [new PreconditionFailedError(), 412, '{"detail":"The resource has changed since it was read"}', {}],
    [new BodyTooLargeError(), 413, '{"detail":"Request body too large"}', {}],
    [
      new InvalidError([{ loc: ['body', 'product_name'], msg: 'field required', type: 'value_error.missing' }]),
      422,
      '{"detail":[{"loc":["body","product_name"],"msg":"field required","type":"value_error.missing"}]}',
      {},
    ],
    [
      new RateLimitedError(60),
      429,
      '{"detail":"Rate limit exceeded. Try again in 60 seconds."}',
      { 'Retry-After': '60' },
    ],
    [
      new UnavailableError('the pool is full', 3),
      503,
      '{"detail":"Service temporarily unavailable"}',
      { 'Retry-After': '3' },
    ],
  ])('%s is %d, to the byte', (error, status, text, headers) => {
    const answer = answerTo(error);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toBe(text);
    expect(answer.headers).toEqual(headers);
  });

  it('tells nothing of a fault of the service', () => {
    expect(internalError).toEqual({ status: 500, body: { detail: 'Internal server error' }, headers: {} });
  });
});
