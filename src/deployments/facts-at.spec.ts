import { describe, expect, it } from '@jest/globals';
import { receivedAt, sampleDeployment, sampleFacts } from '../../test/support/sample-deployments.js';
import { factsAt } from './facts-at.js';

const at = (milliseconds: number) => new Date(receivedAt.getTime() + milliseconds);

describe('factsAt', () => {
  const repeatOf = {
    deployment: { ...sampleDeployment(), replacedAt: null },
    check: null,
    receivedAt,
    othersSince: false,
    endedSince: false,
  };

  it.each([
    [-1, false],
    [0, true],
    [10 * 60_000 - 1, true],
    [10 * 60_000, false],
  ])('knows a repeat within the ten minutes that follow: after %d ms it is %s', (passed, isRepeat) => {
    const facts = factsAt(sampleFacts({ repeatOf }), at(passed));
    expect([facts.now, facts.repeatOf]).toEqual([at(passed), isRepeat ? repeatOf : null]);
  });

  it('moves the clock and nothing else', () => {
    const facts = sampleFacts({ open: [sampleDeployment()], revision: 9 });
    expect(factsAt(facts, at(1))).toEqual({ ...facts, now: at(1) });
  });
});
