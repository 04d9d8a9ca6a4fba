import type { ErrorStatus } from '../common/http/api-errors.decorator.js';
import { blockedResponses } from './blocked-responses.js';

interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

/** A refusal as the document describes it. */
export interface ErrorResponse {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly examples: Readonly<Record<string, Example>>;
  readonly headers: readonly string[];
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** A refusal whose body is one fixed text, or one of a few. */
function fixed(description: string, details: readonly string[], headers: readonly string[] = []): ErrorResponse {
  const detail = details.length === 1 ? { type: 'string', const: details[0] } : { type: 'string', enum: details };
  return {
    description,
    schema: { type: 'object', required: ['detail'], properties: { detail } },
    examples: Object.fromEntries(details.map((text) => [text, { value: { detail: text } }])),
    headers,
  };
}

function text(description: string, schema: string, example: unknown, headers: readonly string[] = []): ErrorResponse {
  return { description, schema: ref(schema), examples: { example: { value: example } }, headers };
}

const faults = {
  detail: [
    { loc: ['body', 'product_name'], msg: 'field required', type: 'value_error.missing' },
    { loc: ['body', 'version'], msg: 'field required', type: 'value_error.missing' },
  ],
};

const immutable = 'Version 1.2.3 already exists with different SHA';

const conflict: ErrorResponse = {
  description:
    'A name that is taken, a state that forbids the action, or an `Idempotency-Key` whose first request is running',
  schema: ref('ConflictError'),
  examples: {
    taken: { summary: 'A name that is taken', value: { detail: 'An environment named production already exists' } },
    version_immutable: {
      summary: 'A build of a version with another SHA',
      value: {
        detail: immutable,
        message: immutable,
        code: 'VERSION_IMMUTABLE',
        details: {
          existing_sha: '9fceb02d0ae598e95dc970b74767f19372d61af8',
          submitted_sha: 'c3d0be41ecbe669545ee3e94d31ed9a4bc91ee3c',
        },
      },
    },
    secret_shown: {
      summary: 'A replayed request whose answer showed a secret',
      value: { detail: 'Already created; its secret was shown once' },
    },
  },
  headers: ['Retry-After'],
};

/** Every refusal by its status. */
export const errorResponses: Readonly<Record<ErrorStatus, ErrorResponse>> = {
  400: fixed('The body is not JSON', ['Invalid JSON in request body', 'Content-Type must be application/json']),
  401: fixed(
    'The credential is missing, malformed, unknown, revoked or expired',
    ['Invalid authentication credentials'],
    ['WWW-Authenticate'],
  ),
  403: fixed(
    'The credential does not hold the permission that the operation names (`x-permission`), or the key is narrowed to other products or environments. `GET /me/` shows what it holds, under `permissions`; the log line with the `X-Request-Id` says what was missing',
    ['You do not have permission to perform this action'],
  ),
  404: fixed('There is no such thing, or it is another account’s', ['Not found']),
  405: fixed('The path exists, but not with this method', ['Method Not Allowed'], ['Allow']),
  409: conflict,
  412: text('`If-Match` names an older state', 'Error', { detail: 'The resource has changed since it was read' }),
  413: fixed('The body is over 1 MiB', ['Request body too large']),
  422: text('The request is invalid: every fault, in the order of the fields', 'ValidationError', faults),
  ...blockedResponses,
  429: text(
    'Too many requests with this credential',
    'Error',
    { detail: 'Rate limit exceeded. Try again in 60 seconds.' },
    ['Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
  ),
  500: fixed('A fault of the service; `X-Request-Id` finds it in the log', ['Internal server error']),
  503: fixed('The service cannot answer now: try again', ['Service temporarily unavailable'], ['Retry-After']),
};
