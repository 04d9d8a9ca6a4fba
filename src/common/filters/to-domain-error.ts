import { HttpException } from '@nestjs/common';
import { isUnavailable } from '../../database/is-unavailable.js';
import { DomainError } from '../errors/domain-error.js';
import {
  BodyTooLargeError,
  ForbiddenError,
  InvalidJsonError,
  NotFoundError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedMediaTypeError,
} from '../errors/request.errors.js';

/** What Nest and Express throw of themselves, by its status. */
const byStatus: Readonly<Record<number, (cause: unknown) => DomainError>> = {
  400: () => new InvalidJsonError(),
  401: () => new UnauthenticatedError(),
  403: () => new ForbiddenError(),
  404: () => new NotFoundError(),
  413: () => new BodyTooLargeError(),
  415: () => new UnsupportedMediaTypeError(),
  503: (cause) => new UnavailableError(undefined, undefined, { cause }),
};

/** The refusal that an error amounts to, or null where it is a fault of the service. */
export function toDomainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  // A path that cannot be decoded names nothing; Express and Nest call it a bad request.
  if (isUriError(error)) return new NotFoundError();
  const status = statusOf(error);
  if (status !== null && byStatus[status] !== undefined) return byStatus[status](error);
  return isUnavailable(error) ? new UnavailableError(undefined, undefined, { cause: error }) : null;
}

function isUriError(error: unknown): boolean {
  return error instanceof URIError || (error instanceof HttpException && error.cause instanceof URIError);
}

/** Express's own errors carry a status and say that it may be shown; others may have a property of that name by chance. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('expose' in error) || !('status' in error)) return null;
  return typeof error.status === 'number' ? error.status : null;
}
