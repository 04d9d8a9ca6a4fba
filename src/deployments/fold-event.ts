import type { Deployment, DeploymentDetails } from './deployment.js';
import type { DeploymentEvent } from './deployment-event.js';
import { isTerminal } from './normalize-status.js';

/** A client's time that lies further back than this, with no start seen here, is a backfill (spec: more than 5 minutes). */
const backfillAfterMs = 5 * 60_000;

/** The part of an event that the fold reads. */
export type FoldedEvent = Pick<DeploymentEvent, 'status' | 'startedAt' | 'completedAt' | 'extraMetadata'> &
  DeploymentDetails;

export interface NewDeployment {
  readonly id: string;
  readonly productId: string;
  readonly versionId: string;
  readonly environmentId: string;
}

/** Opens a deployment with its first event, in whatever status that event names. */
export function openDeployment(ids: NewDeployment, event: FoldedEvent, receivedAt: Date): Deployment {
  const blank: Deployment = {
    ...ids,
    ...detailsOf(event),
    status: 'pending',
    endReason: null,
    preflightStatus: null,
    startedAt: null,
    completedAt: null,
    startReceivedAt: null,
    lastEventAt: receivedAt,
    effectiveCompletedAt: null,
    extraMetadata: event.extraMetadata,
    createdAt: receivedAt,
    updatedAt: receivedAt,
  };
  return { ...blank, ...transition(blank, event, receivedAt) };
}

/**
 * What a deployment is after one more event, by order of receipt. Later non-empty values win, `extra_metadata` merges
 * by key, who deployed is settled by the start. A late `pending` only fills gaps, so that it ends where it would have
 * ended had it come first. The status goes forward alone; the one way back from an end is a client's end after the
 * service had given the deployment up as stale.
 */
export function foldEvent(current: Deployment, event: FoldedEvent, receivedAt: Date): Deployment {
  const late = event.status === 'pending' && current.status !== 'pending';
  return {
    ...current,
    ...(late ? mergeDetails(event, current) : mergeDetails(current, event)),
    ...whoDeployed(current, event),
    extraMetadata: late
      ? { ...event.extraMetadata, ...current.extraMetadata }
      : { ...current.extraMetadata, ...event.extraMetadata },
    ...transition(current, event, receivedAt),
    // What arrives late shows no sign of life: it must not bring back a deployment that is stale.
    lastEventAt: late ? current.lastEventAt : receivedAt,
    updatedAt: receivedAt,
  };
}

function transition(current: Deployment, event: FoldedEvent, receivedAt: Date): Partial<Deployment> {
  if (event.status === 'started') {
    if (current.status !== 'pending') return {};
    return { status: 'started', startedAt: notLater(event.startedAt, receivedAt), startReceivedAt: receivedAt };
  }
  if (!isTerminal(event.status) || (isTerminal(current.status) && current.endReason !== 'stale')) return {};

  const completedAt = notLater(event.completedAt, receivedAt);
  const seenStart = current.startReceivedAt !== null;
  return {
    status: event.status,
    endReason: null,
    completedAt,
    startedAt: seenStart ? current.startedAt : backfilledStart(event, completedAt, receivedAt),
    effectiveCompletedAt:
      event.status === 'completed'
        ? !seenStart && isBackfill(completedAt, receivedAt)
          ? completedAt
          : receivedAt
        : null,
  };
}

function isBackfill(time: Date, receivedAt: Date): boolean {
  return receivedAt.getTime() - time.getTime() > backfillAfterMs;
}

/** Some clients send `started_at` = now with an end: only a start that lies back is one. */
export function backfilledStart(
  event: Pick<FoldedEvent, 'startedAt'>,
  completedAt: Date,
  receivedAt: Date,
): Date | null {
  if (event.startedAt === null || !isBackfill(event.startedAt, receivedAt)) return null;
  return notLater(event.startedAt, completedAt);
}

/** A client's time, or the receipt where it sent none or one that lies in the future. */
export function notLater(time: Date | null, limit: Date): Date {
  return time !== null && time < limit ? time : limit;
}

function detailsOf(event: DeploymentDetails): DeploymentDetails {
  return mergeDetails(event, event);
}

/** The values of `over` where it has any, else those of `base`. Who deployed is not merged value by value: see below. */
function mergeDetails(base: DeploymentDetails, over: DeploymentDetails): DeploymentDetails {
  return {
    sourceSystem: over.sourceSystem ?? base.sourceSystem,
    buildNumber: over.buildNumber ?? base.buildNumber,
    buildUrl: over.buildUrl ?? base.buildUrl,
    deployUrl: over.deployUrl ?? base.deployUrl,
    // The run that a deployment belongs to does not change: another system may end it.
    invokeId: base.invokeId ?? over.invokeId,
    scmSha: over.scmSha ?? base.scmSha,
    scmBranch: over.scmBranch ?? base.scmBranch,
    scmRepository: over.scmRepository ?? base.scmRepository,
    deployedBy: base.deployedBy,
    deployedByEmail: base.deployedByEmail,
    deployedByName: base.deployedByName,
  };
}

type Deployer = Pick<DeploymentDetails, 'deployedBy' | 'deployedByEmail' | 'deployedByName'>;

/** Three fields about one person: taken together, so that no name stands beside another person's mail. */
function whoDeployed(current: Deployment, event: FoldedEvent): Deployer {
  const replaces =
    !namesSomebody(current) ||
    (namesSomebody(event) &&
      event.status !== 'pending' &&
      current.startReceivedAt === null &&
      !isTerminal(current.status)) ||
    (namesSomebody(event) && event.status === 'pending' && current.status === 'pending');
  const { deployedBy, deployedByEmail, deployedByName } = replaces ? event : current;
  return { deployedBy, deployedByEmail, deployedByName };
}

function namesSomebody(who: Deployer): boolean {
  return who.deployedBy !== null || who.deployedByEmail !== null || who.deployedByName !== null;
}
