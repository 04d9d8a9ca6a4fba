import { describe, expect, it } from '@jest/globals';
import { nameKey } from './name-key.js';

describe('nameKey', () => {
  it.each([
    ['production', 'production'],
    ['Production', 'production'],
    ['  PRODUCTION\t', 'production'],
    ['Cafe\u0301', 'caf\u00e9'],
    ['ÜBER', 'über'],
    ['eu west', 'eu west'],
  ])('%j is found under %j', (name, key) => {
    expect(nameKey(name)).toBe(key);
  });
});
