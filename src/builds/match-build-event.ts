import { isTerminal } from '../deployments/normalize-status.js';
import type { Build } from './build.js';
import type { BuildEvent } from './build-event.js';
import type { VersionFacts } from './version-facts.js';

/** What names a run: its `invoke_id`, else its `build_number`. */
type Run = Pick<Build, 'invokeId' | 'buildNumber'>;

/**
 * Which build an event belongs to, null for none. Among the open ones of the same product and version: the same run
 * first, then started before pending, then the newest. An end by another run closes the only open one.
 */
export function matchBuildEvent(
  event: Run & Pick<BuildEvent, 'status'>,
  { open, sameRun }: Pick<VersionFacts, 'open' | 'sameRun'>,
): Build | null {
  const ofSameRun = open.filter((one) => isSameRun(one, event));
  const match = ofSameRun.find((one) => one.status === 'started') ?? ofSameRun[0];
  if (match !== undefined) return match;

  if (isTerminal(event.status)) return open.length === 1 ? open[0]! : null;
  if (event.status === 'pending') return sameRun;
  // A pending one that names no run, or a start that names none: the same build.
  return open.find((one) => one.status === 'pending' && (isNameless(one) || isNameless(event))) ?? null;
}

/** Build numbers count where one of the two has no `invoke_id`. */
function isSameRun(a: Run, b: Run): boolean {
  if (a.invokeId !== null && b.invokeId !== null) return a.invokeId === b.invokeId;
  if (a.buildNumber !== null || b.buildNumber !== null) return a.buildNumber === b.buildNumber;
  return a.invokeId === b.invokeId;
}

function isNameless({ invokeId, buildNumber }: Run): boolean {
  return invokeId === null && buildNumber === null;
}
