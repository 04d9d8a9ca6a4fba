import { isError } from '../../common/errors/is-error.js';
import { UnavailableError } from '../../common/errors/request.errors.js';

/**
 * Why a list is not read from the read replica.
 *
 * - `away`: it cannot be reached, or not be used as it is set up
 * - `behind`: it has not replayed in time what the primary had written
 * - `unfit`: it may not answer for the primary; see `faultOf`
 * - `busy`: its connections are all in use
 * - `conflict`: the statement was in the way of what the primary has changed meanwhile
 * - `failed`: the statement failed; the primary says whether it is at fault itself
 */
export type Fault = 'away' | 'behind' | 'unfit' | 'busy' | 'conflict' | 'failed';

/** The read replica did not answer. It never reaches a client: the primary answers instead. */
export class ReadReplicaFault extends Error {
  constructor(
    readonly fault: Fault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Whether the next list would most likely meet the same. */
  get isOutage(): boolean {
    return this.fault === 'away' || this.fault === 'behind' || this.fault === 'unfit';
  }
}

/** Recovery conflicts come as serialization failures and deadlocks; a cancelled statement may also have been too slow. */
const conflictStates = new Set(['40001', '40P01', '57014']);
const queueTimeout = /timeout exceeded when trying to connect/i;

/** @param isFull whether every connection that there may be is in use */
export function toReadReplicaFault(error: unknown, isFull: boolean): ReadReplicaFault {
  if (error instanceof ReadReplicaFault) return error;
  const { code, message } = firstOf(error);
  const make = (fault: Fault) => new ReadReplicaFault(fault, message || code || 'no answer', { cause: error });
  if (error instanceof UnavailableError || (isFull && queueTimeout.test(message))) return make('busy');
  if (conflictStates.has(code)) return make('conflict');
  // Class 22: values that PostgreSQL cannot take. The client's fault, wherever they are sent.
  return make(code.startsWith('22') ? 'failed' : 'away');
}

function firstOf(error: unknown): { readonly code: string; readonly message: string } {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (!isError(first)) return { code: '', message: String(first) };
  const { code } = first as { code?: unknown };
  return { code: typeof code === 'string' ? code : '', message: first.message };
}
