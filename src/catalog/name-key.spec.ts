import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nameKey } from './name-key.js';

const names = fc.string({ unit: 'binary', maxLength: 20 });

describe('nameKey', () => {
  it.each([
    ['production', 'production'],
    ['Production', 'production'],
    ['  PRODUCTION\t', 'production'],
    ['Cafe\u0301', 'caf\u00e9'],
    ['ÜBER', 'über'],
    ['eu west', 'eu west'],
    ['prod:1', 'prod:1'],
    // Full-width letters, a ligature, a no-break space, a letter-like symbol.
    ['\uff30\uff52\uff4f\uff44', 'prod'],
    ['of\ufb01ce', 'office'],
    ['eu\u00a0west', 'eu west'],
    ['\u2121', 'tel'],
    // What nobody sees: zero-width characters, a soft hyphen, a mark of direction, a variation selector, a filler.
    ['pro\u200bd', 'prod'],
    ['\ufeffprod\u200d', 'prod'],
    ['\u200b prod', 'prod'],
    ['pro\u00add', 'prod'],
    ['\u202eprod', 'prod'],
    ['prod\ufe0f', 'prod'],
    ['prod\u3164', 'prod'],
    ['\u200b', '\u200b'],
    // Another script is another name.
    ['pr\u043ed', 'pr\u043ed'],
  ])('%j is found under %j', (name, key) => {
    expect(nameKey(name)).toBe(key);
  });

  it('is the key of itself, of its upper case and of every encoding', () => {
    fc.assert(
      fc.property(names, (name) => {
        const key = nameKey(name);
        expect(nameKey(key)).toBe(key);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) expect(nameKey(name.normalize(form))).toBe(key);
      }),
    );
  });
});
