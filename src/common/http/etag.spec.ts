import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entityTag, requireMatch, tellsOfUse } from './etag.js';

const at = '2026-03-02T14:00:00.000Z';

it('leaves out when something was used, and nothing else', () => {
  const key = { id: 'x', name: 'ci', last_used_at: null };
  expect(entityTag({ ...key, last_used_at: at })).toBe(entityTag(key));
  expect(entityTag({ ...key, name: 'other' })).not.toBe(entityTag(key));
  expect(entityTag({ nested: { last_used_at: at } })).not.toBe(entityTag({ nested: { last_used_at: null } }));
  expect([tellsOfUse(key), tellsOfUse({ id: 'x' }), tellsOfUse(null), tellsOfUse([])]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it('is equal for equal bodies alone', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(entityTag(one) === entityTag(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

it('refuses an edit of another state', () => {
  const key = { name: 'ci', last_used_at: at };
  expect(() => requireMatch(entityTag({ name: 'ci', last_used_at: null }), key)).not.toThrow();
  expect(() => requireMatch(entityTag({ name: 'old', last_used_at: at }), key)).toThrow();
  expect(() => requireMatch(null, key)).not.toThrow();
});
