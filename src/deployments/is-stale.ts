import type { Deployment } from './deployment.js';

export interface StalenessLimits {
  /** For started deployments; 0 = never. */
  readonly staleAfterMinutes: number;
  /** For pending ones; 0 = never. */
  readonly pendingStaleAfterHours: number;
}

/** Whether an open deployment has been silent for so long that it no longer counts as in progress. */
export function isStale(
  { status, lastEventAt }: Pick<Deployment, 'status' | 'lastEventAt'>,
  { staleAfterMinutes, pendingStaleAfterHours }: StalenessLimits,
  now: Date,
): boolean {
  const minutes = status === 'started' ? staleAfterMinutes : status === 'pending' ? pendingStaleAfterHours * 60 : 0;
  return minutes > 0 && now.getTime() - lastEventAt.getTime() >= minutes * 60_000;
}
