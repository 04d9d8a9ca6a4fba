import type { Position } from './primary-position.js';

/** What tells one database from every other. */
export interface Identity {
  /** Of the cluster: made by initdb, the same on its physical replicas. */
  readonly cluster: string;
  /** The oid of the database in the cluster. */
  readonly database: string;
  readonly schema: string;
}

export const identityColumns = `
  (SELECT system_identifier::text FROM pg_control_system()) AS cluster,
  (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database,
  coalesce(current_schema(), '') AS schema`;

/** What a server says about itself that is asked to stand in for the primary. */
export interface Standby extends Identity {
  /** Whether it is in recovery: a primary, or a standby that was promoted, is not. */
  readonly inRecovery: boolean;
  readonly timeline: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly hasReplayed: boolean;
}

/** Lists say what is overdue by the time of the server that answers (milliseconds). */
const clockTolerance = 1_000;

/**
 * Why a server may not answer for the primary, however far it has replayed; null if it may. Positions in the log mean
 * nothing between two clusters, nor between two timelines: what they hold may differ at the same position.
 *
 * @param elapsedMs since the primary was asked, at least
 */
export function faultOf(standby: Standby, primary: Identity, position: Position, elapsedMs: number): string | null {
  if (standby.cluster !== primary.cluster) return 'it belongs to another cluster than DATABASE_URL';
  if (standby.database !== primary.database) return 'it is another database than that of DATABASE_URL';
  if (standby.schema !== primary.schema) return 'it looks in another schema than DATABASE_URL';
  if (!standby.inRecovery) return 'it is not a standby, or no longer';
  if (standby.timeline !== position.timeline) {
    return `it is on timeline ${standby.timeline} and the primary on ${position.timeline}`;
  }
  const ahead = Math.round(standby.time - position.time);
  if (ahead < -clockTolerance || ahead > elapsedMs + clockTolerance) return `its clock is ${ahead} ms off`;
  return null;
}
