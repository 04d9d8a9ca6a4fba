import { describe, expect, it } from '@jest/globals';
import { NextCall } from './next-call.js';

/** Calls that end when they are told to. */
function manual() {
  const ends: ((error?: Error) => void)[] = [];
  const call = () =>
    new Promise<number>((resolve, reject) => {
      const number = ends.length + 1;
      ends.push((error) => (error ? reject(error) : resolve(number)));
    });
  return { ends, next: new NextCall(call) };
}

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('NextCall', () => {
  it('makes one call for all who ask together', async () => {
    const { ends, next } = manual();
    const asked = [next.ask(), next.ask(), next.ask()];
    await settle();
    expect(ends).toHaveLength(1);
    ends[0]!();
    expect(await Promise.all(asked)).toEqual([1, 1, 1]);
  });

  it('answers nobody by a call that began before they asked', async () => {
    const { ends, next } = manual();
    const first = next.ask();
    await settle();
    const later = [next.ask(), next.ask()];
    await settle();
    expect(ends).toHaveLength(1);
    ends[0]!();
    await settle();
    expect(ends).toHaveLength(2);
    ends[1]!();
    expect(await Promise.all([first, ...later])).toEqual([1, 2, 2]);
  });

  it('tells of a failure those who shared the call, and no others', async () => {
    const { ends, next } = manual();
    const failed = next.ask().catch((error: Error) => error.message);
    await settle();
    const later = next.ask();
    ends[0]!(new Error('away'));
    expect(await failed).toBe('away');
    await settle();
    ends[1]!();
    expect(await later).toBe(2);
  });
});
