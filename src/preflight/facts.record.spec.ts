import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryAttempt, arbitraryFacts, sentRule, toRules } from '../../test/support/arbitrary-policy.js';
import { full } from '../../test/support/full.js';
import { checkedAt, sampleAttempt, samplePreflightFacts } from '../../test/support/sample-attempt.js';
import type { OverrideGrant } from './apply-overrides.js';
import { fromFactsRecord, toFactsRecord } from './facts.record.js';
import { builtInConcurrency } from './rule.js';

const grant: fc.Arbitrary<OverrideGrant> = fc.record({
  id: fc.option(fc.uuid()),
  includesConcurrency: fc.boolean(),
  by: fc.record({ kind: fc.constantFrom('user', 'api_key'), id: fc.uuid(), name: fc.option(fc.string()) }),
  reason: fc.option(fc.string()),
});

const circumstances = { replaces: null, deployers: ['octocat'] };

describe('the record of facts', () => {
  it('tells everything that decided', () => {
    fc.assert(
      fc.property(
        arbitraryAttempt,
        arbitraryFacts(checkedAt),
        fc.array(sentRule),
        fc.array(grant),
        (attempt, facts, sent, grants) => {
          const rules = toRules(sent);
          const json = JSON.stringify(
            toFactsRecord(attempt, facts, [builtInConcurrency, ...rules], grants, circumstances),
          );
          expect(fromFactsRecord(JSON.parse(json) as Record<string, unknown>)).toEqual({
            attempt,
            facts,
            rules: rules.map(({ id, revision }) => ({ ruleId: id, revision })),
            grants,
          });
        },
      ),
      { numRuns: full(5_000, 300) },
    );
  });

  const ascending = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  it.each([
    [{}, null],
    [{ p95_ms: 0 }, 0],
    [{ p95_ms: 7 }, 7],
    [{ durations_ms: [9, 9, 9, 9] }, null],
    [{ durations_ms: [10, 9, 30, 20, 11] }, 30],
    [{ durations_ms: ascending(20).toReversed() }, 19],
    [{ durations_ms: ascending(21) }, 20],
    [{ durations_ms: ascending(50) }, 48],
  ])('is read in its present form and in the one before, which held all durations: %j', (part, expected) => {
    const record = toFactsRecord(sampleAttempt(), samplePreflightFacts(), [], [], circumstances);
    expect(fromFactsRecord({ ...record, ...part }).facts.p95Ms).toBe(expected);
  });

  it('leaves out what is empty', () => {
    expect(toFactsRecord(sampleAttempt(), samplePreflightFacts(), [builtInConcurrency], [], circumstances)).toEqual({
      now: checkedAt,
      product_name: 'my-service',
      version: '2.0.0',
      environment_name: 'production',
      environment_id: 'id of production',
      deployers: ['octocat'],
    });
  });
});
