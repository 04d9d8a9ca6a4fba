import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchUser } from './match-user.js';

const mona = { name: 'Mona Ärmel', email: 'Mona_L@Example.com', logins: ['octocat', 'x%y\\z'] };
const service = { name: 'terraform', email: null, logins: [] };

describe('matchUser', () => {
  it.each([
    ['mona', true],
    ['NA ÄR', true],
    ['a\u0308rmel', true],
    ['a_l@EX', true],
    ['OCTO', true],
    ['x%y\\', true],
    ['%', true],
    ['m%a', false],
    ['o_t', false],
    ['mona.*', false],
    ['nobody', false],
  ])('%j finds Mona: %s', (text, found) => {
    expect(matchUser(text)(mona)).toBe(found);
  });

  it('finds who has no e-mail by the rest', () => {
    expect([matchUser('FORM')(service), matchUser('null')(service)]).toEqual([true, false]);
  });

  it('finds everybody by any part of their name', () => {
    const part = fc.tuple(fc.string(), fc.string({ minLength: 1 }), fc.string());
    fc.assert(
      fc.property(part, ([before, text, after]) => {
        expect(matchUser(text)({ ...service, name: `${before}${text}${after}` })).toBe(true);
      }),
    );
  });
});
