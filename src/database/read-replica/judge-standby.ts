import type { Identity } from './identity.js';
import type { Position } from './primary-position.js';

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
export function faultOf(standby: Standby, primary: Position, elapsedMs: number): string | null {
  if (standby.cluster !== primary.cluster) return 'it belongs to another cluster than DATABASE_URL';
  if (standby.database !== primary.database) return 'it is another database than that of DATABASE_URL';
  if (standby.schema !== primary.schema) return 'it looks in another schema than DATABASE_URL';
  if (!standby.inRecovery) return 'it is not a standby, or no longer';
  if (standby.timeline !== primary.timeline) {
    return `it is on timeline ${standby.timeline} and the primary on ${primary.timeline}`;
  }
  const ahead = Math.round(standby.time - primary.time);
  if (ahead < -clockTolerance || ahead > elapsedMs + clockTolerance) return `its clock is ${ahead} ms off`;
  return null;
}
