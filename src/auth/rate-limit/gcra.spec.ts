import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emissionInterval, gcra, highestLimitPerMinute } from './gcra.js';

const second = 1_000_000;
const start = 1_700_000_000 * second;

/** Hits a bucket at the given seconds after its first moment, and tells which hits were allowed. */
function hit(limit: number, atSeconds: readonly number[]): boolean[] {
  let kept: number | null = null;
  return atSeconds.map((at) => {
    const decision = gcra(kept, start + Math.round(at * second), limit);
    kept = decision.fullAt;
    return decision.allowed;
  });
}

describe('gcra', () => {
  it.each([
    ['a full bucket holds its limit', 3, [0, 0, 0, 0], [true, true, true, false]],
    ['an odd limit holds exactly that', 7, Array<number>(8).fill(0), [...Array<boolean>(7).fill(true), false]],
    ['one comes back after 60 s / limit', 3, [0, 0, 0, 19.999, 20, 20], [true, true, true, false, true, false]],
    ['a refused hit costs nothing', 3, [0, 0, 0, 1, 2, 3, 20], [true, true, true, false, false, false, true]],
    ['after a minute it is full again', 2, [0, 0, 60, 60, 60], [true, true, true, true, false]],
    [
      'the retries of the CLI (0, 1, 3, 7 s) get in',
      10,
      [...Array<number>(10).fill(0), 0, 1, 3, 7],
      [...Array<boolean>(10).fill(true), false, false, false, true],
    ],
    ['a limit of one', 1, [0, 0, 59.9, 60], [true, false, false, true]],
  ])('%s', (_, limit, at, allowed) => {
    expect(hit(limit, at)).toEqual(allowed);
  });

  it('counts down what remains, and tells when the next hit is free and the bucket full', () => {
    const decisions = [1, 2, 3, 4].reduce<ReturnType<typeof gcra>[]>(
      (made) => [...made, gcra(made.at(-1)?.fullAt ?? null, start, 3)],
      [],
    );
    expect(
      decisions.map(({ allowed, remaining, fullAt, freeAt }) => ({
        allowed,
        remaining,
        full: (fullAt - start) / second,
        free: (freeAt - start) / second,
      })),
    ).toEqual([
      { allowed: true, remaining: 2, full: 20, free: 0 },
      { allowed: true, remaining: 1, full: 40, free: 0 },
      { allowed: true, remaining: 0, full: 60, free: 20 },
      { allowed: false, remaining: 0, full: 60, free: 20 },
    ]);
  });

  it('a clock that was set back an hour locks nobody out for longer than the bucket takes to refill', () => {
    const kept = start + 3_600 * second;
    expect(gcra(kept, start, 60)).toMatchObject({ allowed: false, freeAt: start + second });
  });

  const limits = fc.integer({ min: 1, max: highestLimitPerMinute });
  const gaps = fc.array(fc.integer({ min: 0, max: 90 * second }), { maxLength: 60 });

  it('never allows more than the limit and what came back in the meantime, over any stretch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), gaps, (limit, pauses) => {
        let kept: number | null = null;
        let now = start;
        const allowedAt: number[] = [];
        for (const pause of pauses) {
          now += pause;
          const decision = gcra(kept, now, limit);
          kept = decision.fullAt;
          if (decision.allowed) allowedAt.push(now);
        }
        allowedAt.forEach((from, first) => {
          allowedAt.slice(first).forEach((to, count) => {
            expect(count + 1).toBeLessThanOrEqual(limit + Math.floor((to - from) / emissionInterval(limit)));
          });
        });
      }),
    );
  });

  it('whoever waits until the moment that was named gets in, and not a microsecond earlier', () => {
    fc.assert(
      fc.property(limits, gaps, fc.integer({ min: 1, max: 30 }), (limit, pauses, burst) => {
        let kept: number | null = null;
        let now = start;
        for (const pause of pauses) {
          now += pause;
          for (let i = 0; i < burst; i++) kept = gcra(kept, now, limit).fullAt;
        }
        const decision = gcra(kept, now, limit);
        expect(gcra(decision.fullAt, decision.freeAt, limit).allowed).toBe(true);
        if (decision.freeAt > now) expect(gcra(decision.fullAt, decision.freeAt - 1, limit).allowed).toBe(false);
      }),
    );
  });

  it('what remains can be spent at once, and no more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 60 * second }), (limit, ahead) => {
        const first = gcra(start + ahead, start, limit);
        let kept = first.fullAt;
        for (let left = first.remaining; left > 0; left--) {
          const decision = gcra(kept, start, limit);
          expect(decision).toMatchObject({ allowed: true, remaining: left - 1 });
          kept = decision.fullAt;
        }
        expect(gcra(kept, start, limit).allowed).toBe(false);
      }),
    );
  });
});
