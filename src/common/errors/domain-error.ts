/** Every way in which a request can be refused; `common/filters/error.filter.ts` maps each to its answer. */
export type ErrorKind =
  | 'invalid_json'
  | 'unsupported_media_type'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'deployment_blocked'
  | 'precondition_failed'
  | 'too_large'
  | 'invalid'
  | 'rate_limited'
  | 'unavailable';

/** A refusal that a client may see. Anything else that is thrown is a fault of the service: 500, and its cause only in the log. */
export abstract class DomainError extends Error {
  abstract readonly kind: ErrorKind;

  override get name(): string {
    return this.constructor.name;
  }
}
