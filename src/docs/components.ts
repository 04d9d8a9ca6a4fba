import { blockedSchemas } from './blocked-schemas.js';

/** The shapes that all refusals share. */
export const errorSchemas = {
  Error: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { type: 'string', description: 'What a person should know' } },
  },
  ConflictError: {
    type: 'object',
    required: ['detail'],
    properties: {
      detail: { type: 'string' },
      message: { type: 'string', description: 'The same as `detail`' },
      code: { type: 'string', description: 'What a program should know' },
      details: { type: 'object', additionalProperties: true },
    },
  },
  ValidationError: {
    type: 'object',
    required: ['detail'],
    properties: {
      detail: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['loc', 'msg', 'type'],
          properties: {
            loc: {
              type: 'array',
              description:
                'Where: `body`, `query`, `path` or `header`, then the field, down into nested objects and list indexes',
              items: { type: ['string', 'integer'] },
            },
            msg: { type: 'string', description: 'What is wrong, for a person' },
            type: { type: 'string', description: 'What is wrong, for a program' },
          },
        },
      },
    },
  },
  ...blockedSchemas,
} as const;

const integer = { type: 'integer', minimum: 0 };

/** Headers of answers. */
export const headers = {
  'X-Request-Id': {
    description: 'The request’s own if it sent a sane one; finds it in the log',
    schema: { type: 'string' },
  },
  'WWW-Authenticate': { description: 'How to authenticate', schema: { type: 'string', const: 'Bearer' } },
  Allow: { description: 'The methods that the path knows', schema: { type: 'string' }, example: 'GET, HEAD' },
  'Retry-After': { description: 'Seconds after which to try again', schema: integer, example: 60 },
  'X-RateLimit-Limit': { description: 'Requests a minute for this credential', schema: integer, example: 1000 },
  'X-RateLimit-Remaining': { description: 'Requests that may follow at once', schema: integer, example: 999 },
  'X-RateLimit-Reset': {
    description: 'When there is room again (seconds since 1970)',
    schema: integer,
    example: 1698765432,
  },
  'Idempotency-Replayed': {
    description: '`true` where this is the answer to an earlier request with the same key',
    schema: { type: 'string' },
  },
} as const;

/** Headers of requests that whole groups of routes take. */
export const parameters = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'For 24 hours, the same key with the same body is given the first 2xx answer again',
    // Not `example`: Swagger UI would send it.
    schema: { type: 'string', minLength: 1, maxLength: 255, examples: ['5f0c1f0e-6c1a-4b8e-9f57-0d7d6a0c9c11'] },
  },
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The `ETag` of the state that is meant to be changed',
    schema: { type: 'string', examples: ['"u5l2Zr9WmQ0a3b4c5d6e7f"'] },
  },
} as const;

export const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key (`sk_…`), a personal access token (`pat_…`), or, with single sign-on, an access token of the OpenID Connect issuer (a JWT)',
  },
  invitation: { type: 'http', scheme: 'bearer', description: 'An invitation (`inv_…`), for its acceptance alone' },
} as const;
