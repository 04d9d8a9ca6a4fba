import { describe, expect, it } from '@jest/globals';
import { carriesToken } from './metrics-token.js';

describe('carriesToken', () => {
  it.each([
    ['Bearer correct-token', true],
    ['bearer correct-token', true],
    ['Bearer correct-tokem', false],
    ['Bearer correct-token-and-more', false],
    ['Bearer ', false],
    ['Basic correct-token', false],
    ['correct-token', false],
    [undefined, false],
  ])('%s: %s', (authorization, expected) => {
    expect(carriesToken(authorization, 'correct-token')).toBe(expected);
  });

  it('lets nobody in where there is no token', () => {
    expect(carriesToken('Bearer anything', '')).toBe(false);
  });
});
