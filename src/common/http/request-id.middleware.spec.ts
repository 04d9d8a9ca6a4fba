import { expect, it, jest } from '@jest/globals';
import type { Request, Response } from 'express';
import { requestId } from './request-id.middleware.js';

const own = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/) as unknown;
const word = 'a'.repeat(40);

it.each([
  ['nothing', undefined, own],
  ['an id', 'build-7.retry:2_a', 'build-7.retry:2_a'],
  ['a UUID', '01a207c1-26bb-70db-8164-1e64bb991e55', '01a207c1-26bb-70db-8164-1e64bb991e55'],
  ['128 characters', 'a'.repeat(128), 'a'.repeat(128)],
  ['129 characters', 'a'.repeat(129), own],
  ['an empty one', '', own],
  ['two', 'one, two', own],
  ['what a log would have to escape', 'a"b', own],
  ['an API key', `sk_default_${word}`, own],
  ['a personal token', `pat_default_${word}`, own],
  ['a feed token', `feed_default_${word}`, own],
  ['a credential within an id', `request:pat_default_${word}`, own],
  ['a JSON Web Token', `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${word}`, own],
])('a request with %s as its id', (_, sent, expected) => {
  const request = { headers: { 'x-request-id': sent } } as unknown as Request & { requestId?: string };
  const setHeader = jest.fn();
  const next = jest.fn();
  requestId(request, { setHeader } as unknown as Response, next);
  expect(request.requestId).toEqual(expected);
  expect(setHeader.mock.calls).toEqual([['X-Request-Id', request.requestId]]);
  expect(next).toHaveBeenCalledTimes(1);
});
