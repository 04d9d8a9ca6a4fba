import type { CellFacts } from './cell-facts.js';
import type { Deployment } from './deployment.js';
import type { DeploymentEvent } from './deployment-event.js';
import { isStale } from './is-stale.js';
import { isTerminal } from './normalize-status.js';

type Facts = Pick<CellFacts, 'now' | 'environment' | 'version' | 'open' | 'givenUp' | 'sameRun' | 'lastCheck'>;

/**
 * Which deployment an event belongs to, null for none. Among the open ones of the same product, environment and
 * version: the same `invoke_id` first, then started before pending, then the newest. An end by another run closes the
 * only open one, unless that run was blocked here; and an end that would have matched settles what was given up as
 * stale, whether or not the sweep has come by.
 */
export function matchEvent(event: Pick<DeploymentEvent, 'status' | 'invokeId'>, facts: Facts): Deployment | null {
  const open = facts.open.filter((one) => one.versionId === facts.version?.id);
  const stale = open.filter((one) => facts.environment !== null && isStale(one, facts.environment, facts.now));
  const live = open.filter((one) => !stale.includes(one));
  if (isTerminal(event.status)) return matchEnd(event, live, [...stale, ...facts.givenUp], facts.lastCheck);

  const sameRun = ofRun(event, live);
  if (sameRun !== null) return sameRun;
  // Where one of the two names no run, they may be of one: what is queued and what starts are one deployment, in
  // whichever order the two are reported. A start never joins another start.
  const joins = live.filter((one) => one.invokeId === null || event.invokeId === null);
  if (event.status === 'pending') return facts.sameRun ?? startedFirst(joins)[0] ?? null;
  return joins.find(({ status }) => status === 'pending') ?? null;
}

function matchEnd(
  event: Pick<DeploymentEvent, 'status' | 'invokeId'>,
  live: readonly Deployment[],
  stale: readonly Deployment[],
  lastCheck: Facts['lastCheck'],
): Deployment | null {
  const blocked = lastCheck?.outcome === 'blocked';
  // Of an event that names no run, the last check is that of its credential: it may be another run's.
  const wasBlockedHere = blocked && lastCheck.attempt.invokeId === event.invokeId;
  const settles = blocked && event.status !== 'completed' ? [] : stale;

  const stillOpen = live.length > 0;
  const sameRun = ofRun(event, live) ?? (stillOpen && event.invokeId === null ? null : ofRun(event, settles));
  if (sameRun !== null) return sameRun;
  const [only, ...others] = stillOpen ? live : settles;
  return others.length === 0 && !wasBlockedHere ? (only ?? null) : null;
}

function ofRun({ invokeId }: Pick<DeploymentEvent, 'invokeId'>, among: readonly Deployment[]): Deployment | null {
  return startedFirst(among.filter((one) => one.invokeId === invokeId))[0] ?? null;
}

/** Keeps the order within (newest first). */
function startedFirst(deployments: readonly Deployment[]): readonly Deployment[] {
  return deployments.toSorted((a, b) => Number(b.status === 'started') - Number(a.status === 'started'));
}
