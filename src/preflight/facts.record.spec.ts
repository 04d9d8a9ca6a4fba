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
