import type { ReadStatement } from '../database.js';
import { type Identity, identityColumns } from './identity.js';

/** Which database the primary is, how far it had written when it was asked, and when that was. */
export interface Position extends Identity {
  /** In the write-ahead log, as PostgreSQL writes it: `16/B374D848`. */
  readonly lsn: string;
  /** Changes with every promotion of a standby. */
  readonly timeline: number;
  /** The primary's time (milliseconds since 1970). */
  readonly time: number;
  /** When it was asked, by the clock of this process that only goes forward (milliseconds). */
  readonly askedAt: number;
}

export interface PositionRow extends Identity {
  readonly lsn: string;
  readonly timeline: string;
  readonly time: string;
}

/**
 * How far the primary has written. What is visible there has been flushed, so a standby that has replayed up to here
 * shows it too; where commits do not wait for the flush, what is visible has at least been inserted. The name of a file
 * of the log begins with the timeline. Who it is may change under its address, as at the end of a move to another cluster.
 */
export const readPosition: ReadStatement = {
  name: 'read_wal_position',
  readOnly: true,
  text: `
SELECT lsn::text, left(pg_walfile_name(lsn), 8) AS timeline, extract(epoch FROM clock_timestamp()) * 1000 AS time,
  ${identityColumns}
FROM (SELECT CASE current_setting('synchronous_commit')
  WHEN 'off' THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END AS lsn) AS written`,
};

export function toPosition({ timeline, time, ...row }: PositionRow, askedAt: number): Position {
  return { ...row, timeline: Number.parseInt(timeline, 16), time: Number(time), askedAt };
}
