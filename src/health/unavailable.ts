import { UnavailableError } from '../common/errors/request.errors.js';

/** 503, with the reason for the log alone. */
export function unavailable(reason: string): UnavailableError {
  return new UnavailableError(undefined, undefined, { cause: new Error(reason) });
}
