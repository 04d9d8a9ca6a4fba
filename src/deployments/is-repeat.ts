import type { CellFacts } from './cell-facts.js';
import type { DeploymentEvent } from './deployment-event.js';
import type { Deployment } from './deployment.js';

/** Longer than any client goes on retrying: four requests, thirty seconds of patience with each. */
const retriesEndAfterMs = 2 * 60_000;

/**
 * Whether an event that is identical to one of the last ten minutes is that event again, sent by a client that got no
 * answer. It is not where another version was deployed there in between: then it is a way back to this version, and
 * a rollback that is taken for a retry would leave the wrong version on record. An end is a repeat nevertheless while
 * clients may still be retrying it, and always where its start was seen, since a way back begins with a start; it is
 * none where that new start waits for its end. Nor is a start a repeat once its end is known to have been reported by the
 * same client, or the service has ended it: who reports an end has had an answer to the start, and starts anew.
 *
 * @param match the deployment that the event would belong to if it were none
 */
export function isRepeat(
  { status }: Pick<DeploymentEvent, 'status'>,
  { repeatOf, now }: Pick<CellFacts, 'repeatOf' | 'now'>,
  match: Deployment | null,
): boolean {
  if (repeatOf === null) return false;
  const { deployment, receivedAt, othersSince, endedSince } = repeatOf;
  if (status === 'started' && endedSince) return false;
  if (!othersSince || deployment === null || status === 'pending') return true;
  if (status === 'started') return false;
  if (match !== null && match.id !== deployment.id && match.createdAt >= receivedAt) return false;
  return deployment.startReceivedAt !== null || now.getTime() - receivedAt.getTime() <= retriesEndAfterMs;
}
