import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.js';
import { nextLink } from './page.interceptor.js';
import { cutPage } from './pagination.js';

const id = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a10';
const row = (ms: number) => ({ createdAt: new Date(ms), id });

describe('a cursor', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
        fc.uuid(),
        (createdAt, uuid) => {
          expect(decodeCursor(encodeCursor({ createdAt, id: uuid }))).toEqual({ createdAt, id: uuid });
        },
      ),
    );
  });

  it.each([
    '',
    'x',
    '!!!',
    Buffer.from(`x.${id}`).toString('base64url'),
    Buffer.from('1.x').toString('base64url'),
    'A'.repeat(101),
  ])('is refused if it is %j', (text) => {
    expect(decodeCursor(text)).toBeNull();
  });
});

describe('a page', () => {
  it('ends where the limit is, and goes on where more was read', () => {
    expect(cutPage([row(3), row(2), row(1)], 2)).toEqual({ items: [row(3), row(2)], next: row(2) });
    expect(cutPage([row(3), row(2)], 2)).toEqual({ items: [row(3), row(2)], next: null });
    expect(cutPage([], 2)).toEqual({ items: [], next: null });
  });

  it.each([
    [null, '/deployments/', '/deployments/?cursor=c'],
    [
      null,
      '/deployments/?product=a%26b&product=c&cursor=old&limit=5',
      '/deployments/?product=a%26b&product=c&cursor=c&limit=5',
    ],
    ['https://example.com/versioner/', '/deployments/', 'https://example.com/versioner/deployments/?cursor=c'],
  ])('under %j goes on from %s at %s', (publicUrl, url, link) => {
    expect(nextLink(publicUrl, url, 'c')).toBe(link);
  });
});
