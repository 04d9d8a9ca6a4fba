import type { Clock } from '../common/clock.js';
import type { Prisma } from './generated/client.js';

/** The time by the database's clock (milliseconds, UTC), or the moment that a test has frozen. */
export async function databaseTime(tx: Prisma.TransactionClient, clock: Clock): Promise<Date> {
  const frozen = clock.frozen();
  if (frozen !== null) return frozen;
  const [row] = await tx.$queryRaw<[{ now: Date }]>`SELECT clock_timestamp() AS now`;
  return row.now;
}
