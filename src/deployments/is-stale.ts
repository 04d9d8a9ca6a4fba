import type { Deployment } from './deployment.js';

export interface StalenessLimits {
  /** For started deployments; 0 = never. */
  readonly staleAfterMinutes: number;
  /** For pending ones; 0 = never. */
  readonly pendingStaleAfterHours: number;
}

type Open = Pick<Deployment, 'status' | 'lastEventAt'>;

/** Whether an open deployment has been silent for so long that it no longer counts as in progress. */
export function isStale(deployment: Open, limits: StalenessLimits, now: Date): boolean {
  const at = staleAt(deployment, limits);
  return at !== null && at <= now;
}

/** When an open deployment stops counting as in progress if nothing more is heard of it; null: never. */
export function staleAt(
  { status, lastEventAt }: Open,
  { staleAfterMinutes, pendingStaleAfterHours }: StalenessLimits,
): Date | null {
  const minutes = status === 'started' ? staleAfterMinutes : status === 'pending' ? pendingStaleAfterHours * 60 : 0;
  return minutes > 0 ? new Date(lastEventAt.getTime() + minutes * 60_000) : null;
}
