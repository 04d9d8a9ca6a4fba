import { describe, expect, it } from '@jest/globals';
import { MemoryBuckets } from './memory-buckets.js';

const second = 1_000_000;

describe('MemoryBuckets', () => {
  it('keeps one bucket per key', () => {
    const buckets = new MemoryBuckets();
    expect([buckets.take('a', 0, 1), buckets.take('a', 0, 1), buckets.take('b', 0, 1)].map((d) => d.allowed)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('never holds more than its capacity, and forgets the one that was left alone the longest', () => {
    const buckets = new MemoryBuckets(3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) buckets.take(key, 0, 2);
    expect(buckets.size).toBe(3);
    expect(buckets.take('a', 0, 2).allowed).toBe(false);
    expect(buckets.take('b', 0, 2).remaining).toBe(1);
  });

  it('a flood of keys does not grow it', () => {
    const buckets = new MemoryBuckets(100);
    for (let i = 0; i < 10_000; i++) buckets.take(`key ${i}`, i, 10);
    expect(buckets.size).toBe(100);
  });

  it('drops buckets that are full again as new ones come', () => {
    const buckets = new MemoryBuckets();
    for (let i = 0; i < 100; i++) buckets.take(`old ${i}`, 0, 60);
    for (let i = 0; i < 100; i++) buckets.take(`new ${i}`, 120 * second, 60);
    expect(buckets.size).toBe(100);
  });
});
