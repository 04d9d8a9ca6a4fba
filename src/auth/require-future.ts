import { type Fault, InvalidError } from '../common/errors/invalid.error.js';

/** Refuses an `expires_at` that has passed, by the database's time: the credential would be born dead. */
export function requireFuture(expiresAt: Date | null | undefined, now: Date): void {
  const faults = pastFaults(expiresAt, now);
  if (faults.length > 0) throw new InvalidError(faults);
}

/** The same, as the fault that it is, to be told with others. */
export function pastFaults(expiresAt: Date | null | undefined, now: Date): Fault[] {
  if (!expiresAt || expiresAt > now) return [];
  const words = { msg: 'date is not in the future', type: 'value_error.date.not_in_the_future' };
  return [{ loc: ['body', 'expires_at'], ...words }];
}
