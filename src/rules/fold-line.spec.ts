import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldLine } from './fold-line.js';

describe('foldLine', () => {
  it.each<[what: string, line: string, folded: string]>([
    ['nothing', '', ''],
    ['75 octets', 'x'.repeat(75), 'x'.repeat(75)],
    ['76 octets', 'x'.repeat(76), `${'x'.repeat(75)}\r\n x`],
    ['150 octets', 'x'.repeat(150), `${'x'.repeat(75)}\r\n ${'x'.repeat(74)}\r\n x`],
    ['a character across the end', `${'x'.repeat(73)}😀y`, `${'x'.repeat(73)}\r\n 😀y`],
  ])('%s', (_, line, folded) => {
    expect(foldLine(line)).toBe(folded);
  });

  it('loses nothing, and leaves no line too long', () => {
    const lines = fc.string({ unit: 'grapheme', maxLength: 400 }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
    const property = fc.property(lines, (line) => {
      const folded = foldLine(line);
      expect(folded.replaceAll('\r\n ', '')).toBe(line);
      for (const part of folded.split('\r\n')) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(75);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
