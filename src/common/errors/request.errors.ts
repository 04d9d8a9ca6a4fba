import { DomainError } from './domain-error.js';

/** 400: the body is not JSON, or nested too deep to be read. */
export class InvalidJsonError extends DomainError {
  readonly kind = 'invalid_json';
}

/** 400: the body is of another type than JSON. */
export class UnsupportedMediaTypeError extends DomainError {
  readonly kind = 'unsupported_media_type';
}

/** 401: one answer for every reason, so that nothing can be learnt from it. */
export class UnauthenticatedError extends DomainError {
  readonly kind = 'unauthenticated';
}

/** 403: by role, scope or narrowing. */
export class ForbiddenError extends DomainError {
  readonly kind = 'forbidden';
}

/** 404: an unknown route, an unknown id, or an id of another account: indistinguishable. */
export class NotFoundError extends DomainError {
  readonly kind = 'not_found';
}

/** 405, with the methods that the path does know. */
export class MethodNotAllowedError extends DomainError {
  readonly kind = 'method_not_allowed';
  constructor(readonly allowed: readonly string[]) {
    super('Method Not Allowed');
  }
}

/** 412: `If-Match` names an older state than the present one. */
export class PreconditionFailedError extends DomainError {
  readonly kind = 'precondition_failed';
}

/** 413: a body over 1 MiB. */
export class BodyTooLargeError extends DomainError {
  readonly kind = 'too_large';
}

/** 429: `retryAfterSeconds` names the next free moment. */
export class RateLimitedError extends DomainError {
  readonly kind = 'rate_limited';
  constructor(readonly retryAfterSeconds: number) {
    super(`Rate limit exceeded. Try again in ${retryAfterSeconds} seconds.`);
  }
}

/** 503: nothing is wrong with the request; the service cannot answer it now. */
export class UnavailableError extends DomainError {
  readonly kind = 'unavailable';
  constructor(
    message = 'Service temporarily unavailable',
    readonly retryAfterSeconds = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
