import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { storableJson } from './storable-json.js';

const replacement = '\ufffd';

describe('storableJson', () => {
  it.each([
    ['NUL', 'a\0b', `a${replacement}b`],
    ['several neighbours', '\0\0\0\0\0', replacement.repeat(5)],
    ['a lone high surrogate', 'a\ud83d', `a${replacement}`],
    ['a lone low surrogate', '\ude00b', `${replacement}b`],
    ['two halves in the wrong order', '\ude00\ud83d', replacement.repeat(2)],
    ['a whole surrogate pair, which stays', '😀', '😀'],
    ['the six characters of an escape, which stay', '\\u0000', '\\u0000'],
    ['an escape after a backslash', '\\\0', `\\${replacement}`],
    ['an escape after two backslashes', '\\\\\0', `\\\\${replacement}`],
    ['text like an escape beside a real one', '\\ud800\ud800', `\\ud800${replacement}`],
    ['other control characters, which stay', '\u0001\u001f', '\u0001\u001f'],
  ])('%s', (_what, sent, stored) => {
    expect(storableJson({ field: sent, nested: [{ [sent]: sent }] })).toEqual({
      field: stored,
      nested: [{ [stored]: stored }],
    });
  });

  it('gives back the very object where there is nothing to replace', () => {
    const sent = { field: 'text', list: [1, null, true, { deep: '\\u00e9é😀' }] };
    expect(storableJson(sent)).toBe(sent);
  });

  it('leaves nothing that PostgreSQL refuses, and changes nothing else', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\\', 'u', '0', '\0', '\ud800', '\udc00', '"', '\n', '😀') });
    fc.assert(
      fc.property(text, (sent) => {
        const wellFormed = sent.replaceAll(/[\0\p{Surrogate}]/gu, replacement);
        expect(storableJson({ sent })).toEqual({ sent: wellFormed });
      }),
      { numRuns: 500 },
    );
  });
});
