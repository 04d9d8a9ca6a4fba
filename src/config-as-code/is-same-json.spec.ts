import { describe, expect, it } from '@jest/globals';
import { isSameJson } from './is-same-json.js';

describe('isSameJson', () => {
  it.each<[one: unknown, other: unknown, same: boolean]>([
    [{ a: 1, b: [{}] }, { b: [{}], a: 1 }, true],
    [0, -0, true],
    [null, null, true],
    [null, {}, false],
    [[], {}, false],
    [[1, 2], [2, 1], false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: undefined }, { b: 1 }, false],
    ['1', 1, false],
  ])('of %j and %j', (one, other, same) => {
    expect(isSameJson(one, other)).toBe(same);
    expect(isSameJson(other, one)).toBe(same);
  });
});
