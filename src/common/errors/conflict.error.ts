import { DomainError } from './domain-error.js';

/** 409 in the plain shape: a name that is taken, a state that forbids the action, a version with another SHA. */
export class ConflictError extends DomainError {
  readonly kind = 'conflict';

  /**
   * @param message what the client reads as `detail`
   * @param extra further keys of the body, beside `detail`
   * @param headers further headers, such as `Retry-After` or `Location`
   */
  constructor(
    message: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
