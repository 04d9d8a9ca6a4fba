import { isError } from '../errors/is-error.js';

/** An error as the log shows it. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/**
 * Says what went wrong and where. Only these fields: drivers hang rows, parameters and connection strings on their
 * errors, and none of that belongs in a log.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!isError(error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(isError(error.cause) && depth < 4 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
