import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { describeChanges } from './describe-changes.js';

const describeField = (before: unknown, after: unknown) => {
  const change = { verb: 'update', section: 'rules', id: '1', name: 'r', wanted: {}, loc: [] } as const;
  const [title, ...lines] = describeChanges([{ ...change, fields: [{ field: 'f', before, after }] }])
    .trimEnd()
    .split('\n');
  expect(title).toBe('~ rule "r"');
  return lines.map((line) => line.trim());
};

describe('describeChanges', () => {
  it.each<[what: string, before: unknown, after: unknown, ...lines: string[]]>([
    ['a text', 'a', 'b', 'f: a → b'],
    ['texts that look like something else', '1.10', 'no', 'f: "1.10" → "no"'],
    ['nothing, and the text of that name', null, 'null', 'f: null → "null"'],
    ['several lines in one', 'a\nb', 'ä ö', 'f: "a\\nb" → ä ö'],
    ['what would move the cursor, or hide', '\u001b[2J\u009b', 'a\u202eb', 'f: "\\u001b[2J\\u{9b}" → "a\\u{202e}b"'],
    ['numbers and lists', [1, true], ['x y', 'a: b'], 'f: [1, true] → [x y, "a: b"]'],
    ['what is inside, where that differs', { a: { b: 1, c: 2 } }, { a: { b: 3, c: 2 } }, 'f.a.b: 1 → 3'],
    ['what is added and dropped inside', { a: 1 }, { b: { c: [] } }, 'f.b: + {c: []}', 'f.a: - 1'],
    ['lists of as many parts', [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 3 }], 'f[1].a: 2 → 3'],
    ['lists of more parts', [{ a: 1 }], [{ a: 1 }, { a: 3 }], 'f: [{a: 1}] → [{a: 1}, {a: 3}]'],
    ['other kinds of things', { a: 1 }, 5, 'f: {a: 1} → 5'],
    ['what is new', undefined, { a: 1, b: [] }, 'f.a: 1', 'f.b: []'],
    ['what is new and empty', undefined, {}, 'f: {}'],
  ])('%s', (_, before, after, ...lines) => {
    expect(describeField(before, after)).toEqual(lines);
  });
});
