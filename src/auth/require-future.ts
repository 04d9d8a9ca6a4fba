import { InvalidError } from '../common/errors/invalid.error.js';

/** Refuses an `expires_at` that has passed, by the database's time: the credential would be born dead. */
export function requireFuture(expiresAt: Date | null | undefined, now: Date): void {
  if (!expiresAt || expiresAt > now) return;
  throw new InvalidError([
    { loc: ['body', 'expires_at'], msg: 'date is not in the future', type: 'value_error.date.not_in_the_future' },
  ]);
}
