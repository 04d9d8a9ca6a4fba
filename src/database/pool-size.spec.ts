import { expect, it } from '@jest/globals';
import { poolSizeOfEach } from './pool-size.js';

it.each([
  [10, 1, 10],
  [1, 1, 1],
  [10, 2, 5],
  [10, 3, 3],
  [10, 8, 2],
  [1, 2, 2],
])('of %d connections, each of %d workers has %d', (databasePoolSize, workers, each) => {
  expect(poolSizeOfEach({ databasePoolSize, workers })).toBe(each);
});
