import 'reflect-metadata';
import { type RunningVersioner, startReplica, type StartOptions } from './start-replica.js';

export type { RunningVersioner, StartOptions } from './start-replica.js';

/**
 * Starts Versioner in this process, on a free port and a database of its own. Suites may run side by side.
 * @throws if it cannot start; nothing is left behind then
 */
export async function startVersioner(options: StartOptions = {}): Promise<RunningVersioner> {
  return startReplica(options);
}
