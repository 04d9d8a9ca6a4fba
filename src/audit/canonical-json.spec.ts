import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, canonicalMembers, NotCanonicalError } from './canonical-json.js';

interface Style {
  readonly blank: string;
  readonly reversed: boolean;
  readonly escaped: boolean;
  readonly isSorted?: boolean;
}

/** The same value as text, with other blanks, order and escapes. */
function written(value: unknown, style: Style): string {
  const { blank, reversed, escaped, isSorted } = style;
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    return escaped
      ? text.replace(/[a-z]/g, (c) => (/\\/.test(text) ? c : `\\u00${c.charCodeAt(0).toString(16)}`))
      : text;
  }
  if (Array.isArray(value)) return `[${value.map((item) => written(item, style)).join(`,${blank}`)}${blank}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (isSorted === true) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const members = entries.map(([name, item]) => `${JSON.stringify(name)}${blank}:${written(item, style)}`);
  if (reversed) members.reverse();
  return `{${blank}${members.join(`${blank},`)}}`;
}

const styles = fc.record({
  blank: fc.constantFrom('', ' ', '\n\t'),
  reversed: fc.boolean(),
  escaped: fc.boolean(),
});
const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 6 });

describe('canonical JSON', () => {
  it.each([
    ['{"b":1,"a":[ 1 , 2 ]}', '{"a":[1,2],"b":1}'],
    ['"\\u0041\\/"', '"A/"'],
    ['"\\u001f\\n"', '"\\u001f\\n"'],
    ['{"é":1,"z":2,"aa":3}', '{"aa":3,"z":2,"é":1}'],
    ['{"10":1,"9":2}', '{"10":1,"9":2}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
    [' [ ] ', '[]'],
  ])('of %s is %s', (text, canonical) => {
    expect(canonicalJson(text)).toBe(canonical);
  });

  it.each(['1.0', '1', '-0', '12345678901234567890.000', '1e400', '0.10'])(
    'leaves the number %s as it is',
    (number) => {
      expect(canonicalJson(`{"n": ${number} }`)).toBe(`{"n":${number}}`);
    },
  );

  it.each([
    '',
    '{',
    '[1,]',
    '01',
    'nul',
    '"a',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{} {}',
    "{'a':1}",
    '"\n"',
    '+1',
    '"\\x"',
    '"\\u12"',
    '1.',
    '[1 2]',
    '{"a" 1}',
    '{"b":1,"a":2,"b":3}',
    '\u00a01',
  ])('refuses %s', (text) => {
    expect(() => canonicalJson(text)).toThrow(NotCanonicalError);
  });

  it('does not depend on blanks, order or escapes', () => {
    fc.assert(
      fc.property(json, styles, (value, style) => {
        expect(canonicalJson(written(value, style))).toBe(canonicalJson(JSON.stringify(value)));
      }),
    );
  });

  it('says the same as the text, and stays as it is', () => {
    fc.assert(
      fc.property(json, (value) => {
        const canonical = canonicalJson(JSON.stringify(value));
        expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(canonical)).toBe(canonical);
      }),
    );
  });

  it('is what a slow way gives: read, sort, write', () => {
    fc.assert(
      fc.property(json, styles, (value, style) => {
        const read = JSON.parse(JSON.stringify(value)) as unknown;
        expect(canonicalJson(written(value, style))).toBe(written(read, { ...plain, isSorted: true }));
      }),
      { numRuns: 500 },
    );
  });

  it('is different for different values', () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const [a, b] = [one, other].map((value) => JSON.stringify(value));
        fc.pre(JSON.stringify(JSON.parse(a!)) !== JSON.stringify(JSON.parse(b!)));
        const isSame = canonicalJson(a!) === canonicalJson(b!);
        expect(isSame).toBe(written(sorted(one), plain) === written(sorted(other), plain));
      }),
    );
  });

  it('takes an object apart', () => {
    expect([...canonicalMembers('{"type":"x","entry":{"b":1.0,"a":2}}')]).toEqual([
      ['type', '"x"'],
      ['entry', '{"a":2,"b":1.0}'],
    ]);
    expect(() => canonicalMembers('[]')).toThrow(NotCanonicalError);
  });
});

const plain = { blank: '', reversed: false, escaped: false };

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
}
