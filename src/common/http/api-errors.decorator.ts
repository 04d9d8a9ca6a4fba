import { ApiExtension } from '@nestjs/swagger';

/** Every refusal that a route can be documented with. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 422 | 423 | 428 | 429 | 500 | 503;

/** Where the statuses lie until `src/docs` writes them out as responses. */
export const errorsExtension = 'x-errors';

/**
 * Documents with which statuses a route refuses. Implied and not to be listed: 500 and 503 everywhere; 401, 403, 405,
 * 422 and 429 where credentials are asked for; 400 and 413 with a body; 409 on POST, for `Idempotency-Key`.
 */
export const ApiErrors = (...statuses: readonly ErrorStatus[]): MethodDecorator =>
  ApiExtension(errorsExtension, [...statuses]) as MethodDecorator;
