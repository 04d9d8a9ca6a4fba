import type { ConflictError } from '../errors/conflict.error.js';
import type { DeploymentBlockedError } from '../errors/deployment-blocked.error.js';
import type { DomainError, ErrorKind } from '../errors/domain-error.js';
import type { InvalidError } from '../errors/invalid.error.js';
import type { MethodNotAllowedError, RateLimitedError, UnavailableError } from '../errors/request.errors.js';

/** What a client gets. The order of the keys is the documented one. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

function answer(status: number, detail: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, body: { detail }, headers };
}

/** Every kind of refusal and its answer (`contract/response-codes`, `2-api`). A kind that is missing here does not compile. */
const answers: Readonly<Record<ErrorKind, (error: never) => Answer>> = {
  invalid_json: () => answer(400, 'Invalid JSON in request body'),
  unsupported_media_type: () => answer(400, 'Content-Type must be application/json'),
  unauthenticated: () => answer(401, 'Invalid authentication credentials', { 'WWW-Authenticate': 'Bearer' }),
  forbidden: () => answer(403, 'You do not have permission to perform this action'),
  not_found: () => answer(404, 'Not found'),
  method_not_allowed: ({ allowed }: MethodNotAllowedError) =>
    answer(405, 'Method Not Allowed', { Allow: allowed.join(', ') }),
  conflict: ({ message, extra, headers }: ConflictError) => ({
    status: 409,
    body: { detail: message, ...extra },
    headers,
  }),
  deployment_blocked: blocked,
  precondition_failed: ({ message }: DomainError) =>
    answer(412, message || 'The resource has changed since it was read'),
  too_large: () => answer(413, 'Request body too large'),
  invalid: ({ faults }: InvalidError) => answer(422, faults),
  rate_limited: ({ message, retryAfterSeconds }: RateLimitedError) =>
    answer(429, message, { 'Retry-After': String(retryAfterSeconds) }),
  unavailable: ({ retryAfterSeconds }: UnavailableError) =>
    answer(503, 'Service temporarily unavailable', { 'Retry-After': String(retryAfterSeconds) }),
};

export const internalError: Answer = answer(500, 'Internal server error');

/** The answer to a refusal. */
export function answerTo(error: DomainError): Answer {
  return answers[error.kind](error as never);
}

/**
 * The documented keys at the top level, and the same object once more under `detail`: the clients that people already
 * run read it only there, everybody else where it is documented (docs/adr/0001-mirrored-detail.md).
 */
function blocked({ status, body, retryAfterSeconds }: DeploymentBlockedError): Answer {
  const documented = {
    error: body.error,
    message: body.message,
    code: body.code,
    ...(body.retry_after === undefined ? {} : { retry_after: body.retry_after }),
    details: body.details,
  };
  const headers: Answer['headers'] =
    retryAfterSeconds === null ? {} : { 'Retry-After': String(Math.max(0, Math.ceil(retryAfterSeconds))) };
  return { status, body: { ...documented, detail: documented }, headers };
}
