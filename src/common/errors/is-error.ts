import { types } from 'node:util';

/**
 * Whether what was thrown is an error. `instanceof` alone will not do: a test runner that gives each file globals of
 * its own (as Jest does with a service that it runs in-process) leaves Node's errors with those of the outside.
 */
export function isError(thrown: unknown): thrown is Error {
  return types.isNativeError(thrown) || thrown instanceof Error;
}
