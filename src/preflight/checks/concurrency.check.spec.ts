import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkedAt, sampleAttempt, sampleHolder, samplePreflightFacts } from '../../../test/support/sample-attempt.js';
import type { CheckResult, Holder } from './check.js';
import { concurrencyCheck } from './concurrency.check.js';
import type { ConcurrencyConfig } from './concurrency.config.js';

function evaluate(config: ConcurrencyConfig, inCell: readonly Holder[], inEnvironment = inCell, now = checkedAt) {
  const facts = samplePreflightFacts({ now, holders: { product_environment: inCell, environment: inEnvironment } });
  return concurrencyCheck.evaluate(config, sampleAttempt(), facts, { name: 'mine' });
}

function holders(count: number): Holder[] {
  return Array.from({ length: count }, (_, i) =>
    sampleHolder({
      deploymentId: `holder ${i}`,
      productName: 'other-service',
      version: `1.0.${i}`,
      startedAt: new Date(Date.UTC(2026, 2, 2, 13, i % 60, 0, 999)),
      deployedBy: i === 0 ? 'octocat' : null,
    }),
  );
}

/** Holders that become stale so many milliseconds after the attempt; null: never. */
function staleIn(offsets: readonly (number | null)[]): Holder[] {
  return offsets.map((offset) => sampleHolder({ staleAt: offset === null ? null : later(offset) }));
}

function later(milliseconds: number): Date {
  return new Date(checkedAt.getTime() + milliseconds);
}

function codesOf({ findings }: CheckResult) {
  return findings.map(({ code }) => code);
}

describe('concurrencyCheck', () => {
  it.each([
    // at most, per, in the cell, in the environment; blocked?
    [1, 'product_environment', 0, 0, false],
    [1, 'product_environment', 0, 5, false],
    [1, 'product_environment', 1, 1, true],
    [2, 'product_environment', 1, 9, false],
    [2, 'product_environment', 2, 2, true],
    // A rule that came while more were in progress.
    [2, 'product_environment', 3, 3, true],
    [100, 'product_environment', 99, 99, false],
    [100, 'product_environment', 100, 100, true],
    [1, 'environment', 0, 0, false],
    [1, 'environment', 0, 1, true],
    [3, 'environment', 2, 2, false],
    [3, 'environment', 0, 3, true],
  ] as const)(
    'at most %i per %s, with %i and %i in progress: blocked %s',
    (maxConcurrent, per, inCell, inEnvironment, blocked) => {
      const result = evaluate({ maxConcurrent, per }, holders(inCell), holders(inEnvironment));
      expect(result.kind).toBe(blocked ? 'failed' : 'passed');
      expect(codesOf(result)).toEqual(blocked ? ['CONCURRENT_DEPLOYMENT'] : []);
    },
  );

  it.each([
    // at most, when the holders become stale; blocked, and until when at the latest
    [1, [-1], false, null],
    // Who is stale at this very instant no longer holds anything.
    [1, [0], false, null],
    [1, [1], true, 1],
    [1, [null], true, null],
    [1, [60_000], true, 60_000],
    [1, [null, 5], true, null],
    [1, [7, 7], true, 7],
    [1, [3, 9], true, 9],
    [2, [null, 5], true, 5],
    [2, [5, 3], true, 3],
    [2, [0, 5], false, null],
    [2, [3, 5, 9], true, 5],
    [2, [-5, 3, 9], true, 3],
    [2, [null, null, 9], true, null],
    [3, [1, null, 2], true, 1],
    [3, [0, null, 2], false, null],
  ] as const)(
    'at most %i, stale in %j ms: blocked %s, at most for %s ms',
    (maxConcurrent, offsets, blocked, endsIn) => {
      const { kind, findings } = evaluate({ maxConcurrent, per: 'product_environment' }, staleIn(offsets));
      expect(kind).toBe(blocked ? 'failed' : 'passed');
      // Nobody is told to wait for a deployment to be given up: it will rather end before.
      expect(findings.map(({ retryAfter }) => retryAfter)).toEqual(blocked ? [null] : []);
      expect(findings[0]?.endsAt ?? null).toEqual(endsIn === null ? null : later(endsIn));
    },
  );

  it('ends exactly when it says, if nothing more is heard of any holder', () => {
    const offset = fc.oneof(fc.integer({ min: -1000, max: 100_000 }), fc.constant(null));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(offset, { maxLength: 8 }), (maxConcurrent, offsets) => {
        const config = { maxConcurrent, per: 'environment' } as const;
        const kindAt = (now: Date) => evaluate(config, [], staleIn(offsets), now).kind;
        const [found] = evaluate(config, [], staleIn(offsets)).findings;
        if (found === undefined) return;
        const endsAt = found.endsAt?.getTime() ?? null;
        expect(endsAt === null ? null : kindAt(new Date(endsAt))).toBe(endsAt === null ? null : 'passed');
        expect(kindAt(new Date(endsAt === null ? checkedAt.getTime() * 2 : endsAt - 1))).toBe('failed');
      }),
    );
  });

  it('names the oldest holder, in the words of the contract', () => {
    expect(evaluate({ maxConcurrent: 2, per: 'environment' }, [], holders(3))).toEqual({
      kind: 'failed',
      findings: [
        {
          code: 'CONCURRENT_DEPLOYMENT',
          message: 'Another deployment to production is already in progress',
          retryAfter: null,
          endsAt: null,
          details: {
            conflicting_deployment_id: 'holder 0',
            conflicting_deployment_status: 'in_progress',
            conflicting_deployment_started: '2026-03-02T13:00:00Z',
            conflicting_version: '1.0.0',
            conflicting_product: 'other-service',
            conflicting_deployed_by: 'octocat',
          },
        },
      ],
      warnings: [],
    });
  });

  it('names the oldest of those that are not stale', () => {
    const [first, second] = holders(2);
    const { findings } = evaluate({ maxConcurrent: 1, per: 'environment' }, [
      { ...first!, staleAt: checkedAt },
      second!,
    ]);
    expect(findings[0]?.details['conflicting_deployment_id']).toBe('holder 1');
  });

  it('asks for the whole environment only where the scope spans products', () => {
    expect(concurrencyCheck.needs({ maxConcurrent: 1, per: 'environment' })).toEqual({ environmentHolders: true });
    expect(concurrencyCheck.needs({ maxConcurrent: 1, per: 'product_environment' })).toEqual({
      environmentHolders: false,
    });
  });
});
