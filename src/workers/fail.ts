import { describeFailure } from './start-failure.js';

/** Says what is wrong, on standard error, and ends the process with the code 1. */
export function fail(error: unknown): never {
  process.stderr.write(`versioner: ${describeFailure(error)}\n`);
  process.exit(1);
}
