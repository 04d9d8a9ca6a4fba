import { describe, expect, it } from '@jest/globals';
import { isStale, type StalenessLimits } from './is-stale.js';
import type { Status } from './normalize-status.js';

const now = new Date('2026-03-02T14:00:00.000Z');
const limits: StalenessLimits = { staleAfterMinutes: 120, pendingStaleAfterHours: 168 };
const minute = 60_000;
const hour = 60 * minute;

describe('isStale', () => {
  it.each<[Status, number, Partial<StalenessLimits>, boolean]>([
    ['started', 120 * minute - 1, {}, false],
    ['started', 120 * minute, {}, true],
    ['started', 120 * minute + 1, {}, true],
    ['started', 168 * hour, { staleAfterMinutes: 0 }, false],
    ['started', 120 * minute, { pendingStaleAfterHours: 0 }, true],
    ['started', minute, { staleAfterMinutes: 1 }, true],
    ['pending', 120 * minute, {}, false],
    ['pending', 168 * hour - 1, {}, false],
    ['pending', 168 * hour, {}, true],
    ['pending', 168 * hour + 1, {}, true],
    ['pending', 1_000_000 * hour, { pendingStaleAfterHours: 0 }, false],
    ['pending', 168 * hour, { staleAfterMinutes: 0 }, true],
    // What has ended is not in progress, however long ago.
    ['completed', 1_000_000 * hour, {}, false],
    ['failed', 1_000_000 * hour, {}, false],
    ['aborted', 1_000_000 * hour, {}, false],
    // An event that another session received a moment later than these facts.
    ['started', -1, {}, false],
  ])('%s, silent for %i ms, %j: %s', (status, silentMs, changed, stale) => {
    const deployment = { status, lastEventAt: new Date(now.getTime() - silentMs) };
    expect(isStale(deployment, { ...limits, ...changed }, now)).toBe(stale);
  });
});
