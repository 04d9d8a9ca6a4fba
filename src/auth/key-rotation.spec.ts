import { describe, expect, it } from '@jest/globals';
import { deadReason, overlapEnd, successorExpiry } from './key-rotation.js';

const now = new Date('2026-03-02T14:00:00.000Z');
const at = (time: string) => new Date(`2026-03-${time}Z`);
const key = { createdAt: at('01T14:00:00.000'), expiresAt: null, revokedAt: null };

describe('a key that is rotated', () => {
  it.each([
    ['a day, unless told otherwise', {}, null, at('03T14:00:00.000')],
    ['some hours', { overlap_hours: 2 }, null, at('02T16:00:00.000')],
    ['some minutes', { overlap_minutes: 5 }, null, at('02T14:05:00.000')],
    ['not at all, by hours', { overlap_hours: 0 }, null, now],
    ['not at all, by minutes', { overlap_minutes: 0 }, null, now],
    ['never longer than it would have', { overlap_hours: 2 }, at('02T15:00:00.000'), at('02T15:00:00.000')],
    ['no longer for its own later end', { overlap_hours: 2 }, at('09T15:00:00.000'), at('02T16:00:00.000')],
  ])('goes on: %s', (_, asked, expiresAt, end) => {
    expect(overlapEnd({ ...key, expiresAt }, asked, now)).toEqual(end);
  });

  it.each([
    ['never ends, as the old one', {}, null, null],
    ['works as long as the old one was made to', {}, at('11T14:00:00.000'), at('12T14:00:00.000')],
    ['ends when it is told', { expires_at: at('05T00:00:00.000') }, null, at('05T00:00:00.000')],
    ['never ends, if told so', { expires_at: null }, at('11T14:00:00.000'), null],
  ])('has a successor that %s', (_, asked, expiresAt, end) => {
    expect(successorExpiry({ ...key, expiresAt }, asked, now)).toEqual(end);
  });

  it.each([
    [{}, null],
    [{ expiresAt: at('02T14:00:00.001') }, null],
    [{ expiresAt: now }, 'has expired'],
    [{ revokedAt: now }, 'has been revoked'],
    [{ revokedAt: now, expiresAt: now }, 'has been revoked'],
  ])('is alive or dead: %j', (change, reason) => {
    expect(deadReason({ ...key, ...change }, now)).toBe(reason);
  });
});
