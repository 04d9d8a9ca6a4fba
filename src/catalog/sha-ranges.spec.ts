import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameSha } from './same-sha.js';
import { shaRanges } from './sha-ranges.js';

function finds(values: string[], sha: string): number {
  const { low, high } = shaRanges(values);
  return low.filter((from, i) => from <= sha.toLowerCase() && sha.toLowerCase() < high[i]!).length;
}

describe('shaRanges', () => {
  const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';
  it.each([
    ['the whole', whole, whole, true],
    ['the whole in capitals', whole.toUpperCase(), whole, true],
    ['a prefix of seven', '9fceb02', whole, true],
    ['a prefix of six', '9fceb0', whole, false],
    ['a recorded prefix of seven', whole, '9FCEB02', true],
    ['a recorded prefix of six', whole, '9fceb0', false],
    ['another one', '9fceb03', whole, false],
    ['one that ends in the last digit', 'fffffff', 'fffffffa', true],
    ['a neighbour behind the last digit', 'ffffff9', 'ffffffa0', false],
    ['something that is no SHA', 'r12345-branch', 'R12345-branch', true],
    ['the beginning of something that is no SHA', 'r12345-', 'r12345-branch', false],
    ['six hex digits, whole', 'abc123', 'ABC123', true],
  ])('finds by %s', (_, value, sha, found) => {
    expect(finds([value], sha)).toBe(found ? 1 : 0);
  });

  it('agrees with sameSha and never finds anything twice', () => {
    const sha = fc.string({ unit: fc.constantFrom('0', '9', 'a', 'F', 'f', 'g'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(sha, { maxLength: 4 }), sha, (values, stored) => {
        expect(finds(values, stored)).toBe(values.some((value) => sameSha(value, stored)) ? 1 : 0);
      }),
    );
  });
});
