import { backfilledStart, notLater } from '../deployments/fold-event.js';
import { isTerminal } from '../deployments/normalize-status.js';
import type { Build, BuildDetails } from './build.js';
import type { BuildEvent } from './build-event.js';

/** The part of an event that the fold reads. */
export type FoldedBuildEvent = BuildDetails &
  Pick<BuildEvent, 'status' | 'startedAt' | 'completedAt' | 'extraMetadata'>;

/** Opens a build with its first event, in whatever status that event names. */
export function openBuild(
  ids: Pick<Build, 'id' | 'productId' | 'versionId'>,
  event: FoldedBuildEvent,
  receivedAt: Date,
): Build {
  const blank: Build = {
    ...ids,
    ...mergeDetails(event, event),
    ...whoBuilt(event, event, true),
    status: 'pending',
    startedAt: null,
    completedAt: null,
    extraMetadata: event.extraMetadata,
    createdAt: receivedAt,
    updatedAt: receivedAt,
  };
  return { ...blank, ...transition(blank, event, receivedAt) };
}

/**
 * What a build is after one more event, by order of receipt. Later non-empty values win, `extra_metadata` merges by
 * key, who built is settled by the start. A late `pending` only fills gaps, so that the build ends where it would have
 * ended had that event come first. The status goes forward alone.
 */
export function foldBuildEvent(current: Build, event: FoldedBuildEvent, receivedAt: Date): Build {
  const late = isLate(current, event);
  return {
    ...current,
    ...(late ? mergeDetails(event, current) : mergeDetails(current, event)),
    ...whoBuilt(current, event, current.status === 'pending'),
    extraMetadata: late
      ? { ...event.extraMetadata, ...current.extraMetadata }
      : { ...current.extraMetadata, ...event.extraMetadata },
    ...transition(current, event, receivedAt),
    updatedAt: receivedAt,
  };
}

/** Whether a `pending` arrives after what it announced: it then adds what is missing and replaces nothing. */
export function isLate(current: Pick<Build, 'status'> | null, event: Pick<BuildEvent, 'status'>): boolean {
  return event.status === 'pending' && current !== null && current.status !== 'pending';
}

function transition(current: Build, event: FoldedBuildEvent, receivedAt: Date): Partial<Build> {
  if (event.status === 'started') {
    if (current.status !== 'pending') return {};
    return { status: 'started', startedAt: notLater(event.startedAt, receivedAt) };
  }
  if (!isTerminal(event.status) || isTerminal(current.status)) return {};

  const completedAt = notLater(event.completedAt, receivedAt);
  const startedAt = current.status === 'started' ? current.startedAt : backfilledStart(event, completedAt, receivedAt);
  return { status: event.status, completedAt, startedAt };
}

type Builder = Pick<BuildDetails, 'builtBy' | 'builtByEmail' | 'builtByName'>;

/** The values of `over` where it has any, else those of `base`. Who built is not merged value by value: see below. */
function mergeDetails(base: BuildDetails, over: BuildDetails): Omit<BuildDetails, keyof Builder> {
  // The run that a build belongs to does not change: another system may end it. Its number names it where no id does.
  const invokeId = base.invokeId ?? over.invokeId;
  return {
    invokeId,
    buildNumber: invokeId === null ? (base.buildNumber ?? over.buildNumber) : (over.buildNumber ?? base.buildNumber),
    sourceSystem: over.sourceSystem ?? base.sourceSystem,
    buildUrl: over.buildUrl ?? base.buildUrl,
    scmSha: over.scmSha ?? base.scmSha,
    scmBranch: over.scmBranch ?? base.scmBranch,
    scmRepository: over.scmRepository ?? base.scmRepository,
    errorMessage: over.errorMessage ?? base.errorMessage,
    errorCode: over.errorCode ?? base.errorCode,
  };
}

/** Three fields about one person: taken together, so that no name stands beside another person's mail. */
function whoBuilt(current: Builder, event: Builder, unsettled: boolean): Builder {
  const replaces = !namesSomebody(current) || (unsettled && namesSomebody(event));
  const { builtBy, builtByEmail, builtByName } = replaces ? event : current;
  return { builtBy, builtByEmail, builtByName };
}

function namesSomebody(who: Builder): boolean {
  return who.builtBy !== null || who.builtByEmail !== null || who.builtByName !== null;
}
