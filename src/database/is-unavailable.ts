import { isError } from '../common/errors/is-error.js';
import { UnavailableError } from '../common/errors/request.errors.js';

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/**
 * SQLSTATEs that say nothing about the request: 08 connection, 25006 a standby, 28 and 3D000 the service itself is not
 * let in, 53 out of resources (disk, memory, connections), 55P03 a lock not
 * had in time, 57014 cancelled, 57P shutting down or starting up, 58 system error.
 */
const sqlStates = /^(08...|25006|28...|3D000|53...|55P03|57014|57P..|58...)$/;

const messages =
  /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|Client has encountered a connection error|Client was closed|server conn crashed|query_wait_timeout|pgbouncer cannot connect|no more connections allowed|server login has been failing|Cannot use a pool after calling end/i;

/** Prisma's codes for a database that cannot be reached or used, timed out, or closed the connection. */
const prismaCodes = new Set([
  'P1000',
  'P1001',
  'P1002',
  'P1003',
  'P1008',
  'P1010',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'P2037',
]);

/** The same from Prisma's adapter, whose code for a raw query is always P2010. */
const adapterKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TlsConnectionError']);

/** Whether an error means that the database is away, stopping, full or too slow: 503, and worth another try. */
export function isUnavailable(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; isError(cause) && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof UnavailableError) return true;
    if (codesOf(cause).some(meansAway)) return true;
    if (messages.test(cause.message)) return true;
    if ('errors' in cause && Array.isArray(cause.errors) && cause.errors.some(isUnavailable)) return true;
  }
  return false;
}

const lostCodes = new Set(['ECONNRESET', 'EPIPE', '57P01', '57P02', '08006', '08003']);
const lostMessages = /Connection terminated unexpectedly|is not queryable|server conn crashed/i;

/**
 * Whether an error says that the connection itself broke, as those from before a restart of the database do. What was
 * sent on it may have been done all the same: only what changes nothing may be sent again.
 */
export function isConnectionLost(error: unknown): boolean {
  if (!isError(error)) return false;
  return codesOf(error).some((code) => lostCodes.has(code)) || lostMessages.test(error.message);
}

function meansAway(code: string): boolean {
  return systemCodes.has(code) || sqlStates.test(code) || prismaCodes.has(code) || adapterKinds.has(code);
}

/** The error's own code, and where Prisma has wrapped it, the database's and the adapter's. */
function codesOf(error: Error): string[] {
  const { code, meta } = error as { code?: unknown; meta?: { driverAdapterError?: { cause?: AdapterFault } } };
  const fault = meta?.driverAdapterError?.cause;
  return [code, fault?.originalCode, fault?.kind].filter((value) => typeof value === 'string');
}

interface AdapterFault {
  readonly originalCode?: unknown;
  readonly kind?: unknown;
}
