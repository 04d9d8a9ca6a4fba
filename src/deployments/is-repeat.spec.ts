import { describe, expect, it } from '@jest/globals';
import {
  minutesBefore as minutesAgo,
  receivedAt as now,
  sampleDeployment,
} from '../../test/support/sample-deployments.js';
import { isRepeat } from './is-repeat.js';

const started = sampleDeployment({ id: 'known', startReceivedAt: minutesAgo(9) });
const reported = sampleDeployment({ id: 'known', startReceivedAt: null });
const newer = sampleDeployment({ id: 'newer', createdAt: minutesAgo(1) });
const older = sampleDeployment({ id: 'older', createdAt: minutesAgo(60) });

describe('an event that is identical to an earlier one', () => {
  it.each([
    ['pending', false, started, 9, null, true],
    ['started', false, started, 9, null, true],
    ['completed', false, started, 9, null, true],
    ['completed', false, reported, 9, null, true],
    // Another version was deployed in between.
    ['pending', true, started, 9, null, true],
    ['started', true, started, 9, null, false],
    ['started', true, started, 0, null, false],
    ['completed', true, started, 9, null, true],
    ['completed', true, started, 9, newer, false],
    ['failed', true, started, 9, newer, false],
    ['completed', true, started, 9, older, true],
    ['completed', true, started, 9, started, true],
    ['completed', true, reported, 2, null, true],
    ['completed', true, reported, 2 + 1 / 60_000, null, false],
    ['aborted', true, reported, 1, null, true],
  ] as const)('%s, others since: %s (%#)', (status, othersSince, deployment, minutes, match, expected) => {
    const repeatOf = {
      deployment: { ...deployment, replacedAt: null },
      check: null,
      receivedAt: minutesAgo(minutes),
      othersSince,
      endedSince: false,
    };
    expect(isRepeat({ status }, { repeatOf, now }, match)).toBe(expected);
  });

  it.each([
    // what the event says; is it a repeat although the same client has reported the end of it
    ['pending', true],
    ['started', false],
    ['completed', true],
  ] as const)('%s, after the end was reported: %s', (status, expected) => {
    const repeatOf = {
      deployment: { ...started, replacedAt: null },
      check: null,
      receivedAt: minutesAgo(1),
      othersSince: false,
      endedSince: true,
    };
    expect(isRepeat({ status }, { repeatOf, now }, null)).toBe(expected);
  });

  it('is none where there was none', () => {
    expect(isRepeat({ status: 'started' }, { repeatOf: null, now }, newer)).toBe(false);
  });
});
