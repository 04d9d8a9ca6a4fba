import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';

/** Whoever comes to a table while a migration waits for it stands in line behind the migration: so long at most (milliseconds). */
const lockTimeoutMs = 500;
/** Between two tries, for those who stood in line (milliseconds). */
const restMs = 1_000;
/** After so many tries, ten minutes or so, it is for the operator to end what holds the table. */
const maxTries = 400;
const lockNotAvailable = '55P03';

/**
 * Runs a migration so that it never makes events wait for more than a moment, whoever reads or writes its tables: it
 * gives up its place in the line for a lock, and tries again later. A file is all or nothing, so it may be sent again.
 *
 * An index that is built concurrently stops nobody while it waits, and allows no other statement beside it: it is sent
 * as it is.
 */
export async function withoutStoppingEvents(script: string, send: (text: string) => Promise<unknown>): Promise<void> {
  const isConcurrent = /^\s*(CREATE|DROP|REINDEX)\b[^;]*\bCONCURRENTLY\b/im.test(script);
  // Of the transaction that the statements of one query share.
  const text = isConcurrent ? script : `SET LOCAL lock_timeout = ${lockTimeoutMs};\n${script}`;
  for (let tries = 1; ; tries++) {
    try {
      await send(text);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== lockNotAvailable || tries === maxTries) throw error;
      if (tries === 1) new Logger('Migrations').warn('A migration waits for a table that others use, and tries again');
      await sleep(restMs);
    }
  }
}
