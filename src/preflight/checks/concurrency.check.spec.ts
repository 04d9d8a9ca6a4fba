import { describe, expect, it } from '@jest/globals';
import type { Holder, PreflightFacts } from './check.js';
import { concurrencyCheck } from './concurrency.check.js';

const attempt = { productName: 'my-service', version: '2.0.0', environmentName: 'production' };

function holders(count: number): Holder[] {
  return Array.from({ length: count }, (_, i) => ({
    deploymentId: `holder ${i}`,
    productName: 'other-service',
    version: `1.0.${i}`,
    startedAt: new Date(Date.UTC(2026, 2, 2, 13, i, 0, 999)),
    deployedBy: i === 0 ? 'octocat' : null,
  }));
}

function facts(inCell: number, inEnvironment: number): PreflightFacts {
  return {
    now: new Date('2026-03-02T14:00:00.000Z'),
    holders: { product_environment: holders(inCell), environment: holders(inEnvironment) },
  };
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
      const findings = concurrencyCheck.evaluate({ maxConcurrent, per }, attempt, facts(inCell, inEnvironment));
      expect(findings.map(({ code }) => code)).toEqual(blocked ? ['CONCURRENT_DEPLOYMENT'] : []);
    },
  );

  it('names the oldest holder, in the words of the contract', () => {
    const config = { maxConcurrent: 2, per: 'environment' } as const;
    expect(concurrencyCheck.evaluate(config, attempt, facts(0, 3))).toEqual([
      {
        code: 'CONCURRENT_DEPLOYMENT',
        message: 'Another deployment to production is already in progress',
        retryAfter: null,
        details: {
          conflicting_deployment_id: 'holder 0',
          conflicting_deployment_status: 'in_progress',
          conflicting_deployment_started: '2026-03-02T13:00:00Z',
          conflicting_version: '1.0.0',
          conflicting_product: 'other-service',
          conflicting_deployed_by: 'octocat',
        },
      },
    ]);
  });
});
