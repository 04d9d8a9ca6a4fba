import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidJsonError } from '../errors/request.errors.js';
import { parseJson } from './parse-json.js';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const commas = (count: number) => `[${'0,'.repeat(count)}0]`;

describe('parseJson', () => {
  it('reads whatever JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each<[string, string | Buffer, unknown]>([
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
    ['brackets in a text', `["${'['.repeat(100)}"]`, ['['.repeat(100)]],
    ['quotes in a text', '["\\"[[["]', ['"[[[']],
    ['64 levels', nested(64), JSON.parse(nested(64))],
    ['100,000 commas', commas(100_000), JSON.parse(commas(100_000))],
  ])('reads %s', (_, text, value) => {
    expect(parseJson(Buffer.from(text))).toEqual(value);
  });

  it.each<[string, string | Buffer]>([
    ['65 levels', nested(65)],
    ['65 levels of objects', '{"a":'.repeat(65) + '1' + '}'.repeat(65)],
    ['100,001 commas', commas(100_001)],
    ['a half text', '{"a":'],
    ['a comma too many', '{"a":1,}'],
    ['NaN', 'NaN'],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['a form', 'a=1&b=2'],
  ])('does not read %s', (_, text) => {
    expect(() => parseJson(Buffer.from(text))).toThrow(InvalidJsonError);
  });
});
