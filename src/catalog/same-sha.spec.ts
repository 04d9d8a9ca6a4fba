import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sameSha } from './same-sha.js';

const whole = '9fceb02d0ae598e95dc970b74767f19372d61af8';

describe('sameSha', () => {
  it.each([
    ['itself', whole, true],
    ['itself in capitals', whole.toUpperCase(), true],
    ['its first seven digits', '9fceb02', true],
    ['its first seven digits in capitals', '9FCEB02', true],
    ['its first six digits', '9fceb0', false],
    ['seven digits from its middle', '0ae598e', false],
    ['another one with the same beginning', `${whole.slice(0, 39)}9`, false],
    ['a shorter one with the same beginning and another end', '9fceb03', false],
    ['nothing', '', false],
  ])('compares a whole SHA with %s', (_, other, same) => {
    expect(sameSha(whole, other)).toBe(same);
    expect(sameSha(other, whole)).toBe(same);
  });

  it.each([
    ['a revision number', 'r104512', 'r1045123', false],
    ['a revision number in another letter case', 'r104512', 'R104512', true],
    ['six hex digits, equal', 'abc123', 'ABC123', true],
  ])('takes nothing but hex digits for a prefix: %s', (_, a, b, same) => {
    expect(sameSha(a, b)).toBe(same);
  });

  it('finds every long enough prefix equal, whichever comes first and however it is written', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 7, maxLength: 64 });
    fc.assert(
      fc.property(hex, fc.nat(), (sha, cut) => {
        const prefix = sha.slice(0, 7 + (cut % (sha.length - 6)));
        expect([sameSha(sha, prefix.toUpperCase()), sameSha(prefix, sha.toUpperCase())]).toEqual([true, true]);
      }),
    );
  });

  it('never finds two of the same length equal unless they are', () => {
    const hex = fc.string({ unit: fc.constantFrom('a', 'B'), minLength: 8, maxLength: 8 });
    fc.assert(fc.property(hex, hex, (a, b) => expect(sameSha(a, b)).toBe(a.toLowerCase() === b.toLowerCase())));
  });
});
