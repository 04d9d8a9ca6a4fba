import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { UnderWay } from './under-way.js';

const ignore = (): void => undefined;
let underWay: UnderWay;

beforeEach(() => {
  jest.useFakeTimers();
  underWay = new UnderWay();
});

afterEach(() => {
  jest.useRealTimers();
});

it.each([
  { running: [1], enough: 1 },
  { running: [2], enough: 1 },
  { running: [3], enough: 2 },
  { running: [4], enough: 2 },
  { running: [9], enough: 5 },
  { running: [64], enough: 32 },
  { running: [3, 2], enough: 3 },
])('lets a batch begin beside $running with $enough and more', ({ running, enough }) => {
  for (const keys of running) underWay.begin('a', keys, ignore);
  expect([enough - 1, enough, enough + 1].map((keys) => underWay.holdsBack('a', keys))).toEqual([true, false, false]);
});

it('holds back no other account', () => {
  underWay.begin('a', 8, ignore);
  expect(underWay.holdsBack('b', 1)).toBe(false);
});

it('counts a batch until it ends', () => {
  const ends = [underWay.begin('a', 8, ignore), underWay.begin('a', 4, ignore)];
  ends[0]!();
  expect([1, 2].map((keys) => underWay.holdsBack('a', keys))).toEqual([true, false]);
  ends[1]!();
  expect(underWay.holdsBack('a', 0)).toBe(false);
});

it('counts a slow batch no longer, tells so, and does not count it off again when it ends', () => {
  const onSlow = jest.fn();
  const end = underWay.begin('a', 8, onSlow);
  jest.advanceTimersByTime(199);
  expect(underWay.holdsBack('a', 3)).toBe(true);
  expect(onSlow).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  expect(underWay.holdsBack('a', 1)).toBe(false);
  expect(onSlow).toHaveBeenCalledTimes(1);
  underWay.begin('a', 8, ignore);
  end();
  expect(underWay.holdsBack('a', 3)).toBe(true);
});

it('says nothing of a batch that ended in time', () => {
  const onSlow = jest.fn();
  underWay.begin('a', 8, onSlow)();
  jest.advanceTimersByTime(200);
  expect(onSlow).not.toHaveBeenCalled();
});
