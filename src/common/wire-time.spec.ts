import { describe, expect, it } from '@jest/globals';
import { toWireSeconds, toWireSecondsUp, toWireTime } from './wire-time.js';

it('writes times in UTC with Z and milliseconds', () => {
  expect(toWireTime(new Date('2026-03-02T15:00:00.07+01:00'))).toBe('2026-03-02T14:00:00.070Z');
});

describe('whole seconds', () => {
  it.each([
    ['2026-03-02T14:00:00.000Z', '2026-03-02T14:00:00Z', '2026-03-02T14:00:00Z'],
    ['2026-03-02T14:00:00.001Z', '2026-03-02T14:00:00Z', '2026-03-02T14:00:01Z'],
    ['2026-03-02T14:00:00.999Z', '2026-03-02T14:00:00Z', '2026-03-02T14:00:01Z'],
    ['2026-03-02T23:59:59.500Z', '2026-03-02T23:59:59Z', '2026-03-03T00:00:00Z'],
    ['2026-12-31T23:59:59.999Z', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z'],
  ])('%s is cut to %s and rounded up to %s', (time, cut, up) => {
    expect([toWireSeconds(new Date(time)), toWireSecondsUp(new Date(time))]).toEqual([cut, up]);
  });
});
