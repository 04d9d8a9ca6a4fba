import { isError } from '../common/errors/is-error.js';

/** 23505 somebody else was first with a name, 40001 and 40P01 two transactions in each other's way; P2002, P2034 the same from Prisma. */
const codes = new Set(['23505', '40001', '40P01', 'P2002', 'P2034']);

/** Whether a transaction failed because of what another did at the same moment, and may go well when it is tried again. */
export function isLostRace(error: unknown): boolean {
  if (!isError(error)) return false;
  const { code, meta } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  return [code, meta?.driverAdapterError?.cause?.originalCode].some((one) => codes.has(one as string));
}
