import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  before,
  checkedAt,
  sampleApproval,
  sampleAttempt,
  sampleElsewhere,
  samplePreflightFacts,
  sampleRule,
} from '../../../test/support/sample-attempt.js';
import type { Rule } from '../rule.js';
import type { ApprovalFact } from './check.js';
import { checks } from './index.js';

const types = [null, 'qa', 'security'] as const;
const places = [null, 'id of production', 'id of staging'] as const;

const decision: fc.Arbitrary<ApprovalFact> = fc
  .record({
    userId: fc.constantFrom('ada', 'grace', 'linus', 'barbara'),
    decision: fc.constantFrom('approved', 'approved', 'approved', 'rejected'),
    type: fc.constantFrom(...types),
    environmentId: fc.constantFrom(...places),
    roles: fc.subarray(['team-lead', 'Manager', 'developer']),
    at: fc.integer({ min: 0, max: 300 }).map((minutes) => before(minutes)),
    isOwn: fc.boolean(),
  })
  .map(({ userId, ...rest }) => sampleApproval(userId, rest));

const approvalRule = fc
  .record({
    requiredApprovals: fc.integer({ min: 1, max: 3 }),
    approverRoles: fc.constantFrom(['team-lead'], ['manager', 'team-lead']),
    validForHours: fc.option(fc.integer({ min: 1, max: 5 })),
    allowSelfApproval: fc.boolean(),
    per: fc.constantFrom('version', 'version_environment'),
    unidentified: fc.constantFrom('allow', 'block'),
  })
  .map((config): Rule => sampleRule('approval', config));

const versionApprovalRule = fc
  .record({
    requiredApprovalTypes: fc.constantFrom(['qa'] as const, ['security', 'qa'] as const),
    prerequisiteEnvironment: fc.constantFrom(null, 'staging'),
  })
  .map((config): Rule => sampleRule('version_approval', config));

const rule = fc.oneof(approvalRule, versionApprovalRule);

function evaluate({ type, config, name }: Rule, approvals: readonly ApprovalFact[], now = checkedAt) {
  const elsewhere = sampleElsewhere({ staging: { firstAt: before(150) } });
  const facts = samplePreflightFacts({ approvals, elsewhere, now });
  return checks[type].evaluate(config as never, sampleAttempt(), facts, { name });
}

const many = { numRuns: 500 };

describe('rules that ask for people', () => {
  it('never block because somebody approved', () => {
    fc.assert(
      fc.property(rule, fc.array(decision), decision, (asked, decisions, one) => {
        const more = evaluate(asked, [...decisions, { ...one, decision: 'approved' }]);
        expect([evaluate(asked, decisions).kind, more.kind]).not.toEqual(['passed', 'failed']);
      }),
      many,
    );
  });

  it('never pass because somebody rejected', () => {
    fc.assert(
      fc.property(rule, fc.array(decision), decision, (asked, decisions, one) => {
        const more = evaluate(asked, [...decisions, { ...one, decision: 'rejected' }]);
        expect([evaluate(asked, decisions).kind, more.kind]).not.toEqual(['failed', 'passed']);
      }),
      many,
    );
  });

  it('never pass because time went by, and say so: no end is known', () => {
    fc.assert(
      fc.property(rule, fc.array(decision), fc.nat(1e9), (asked, decisions, milliseconds) => {
        const later = evaluate(asked, decisions, new Date(checkedAt.getTime() + milliseconds));
        const { kind, findings } = evaluate(asked, decisions);
        expect([kind, later.kind]).not.toEqual(['failed', 'passed']);
        expect(findings.every(({ retryAfter, endsAt }) => retryAfter === null && endsAt === null)).toBe(true);
      }),
      many,
    );
  });

  it('do not care in which order the decisions are known', () => {
    const shuffled = fc
      .array(decision, { maxLength: 6 })
      .chain((decisions) =>
        fc.tuple(fc.constant(decisions), fc.shuffledSubarray(decisions, { minLength: decisions.length })),
      );
    fc.assert(
      fc.property(rule, shuffled, (asked, [decisions, others]) => {
        const current = (list: readonly ApprovalFact[]) => {
          const { kind, findings } = evaluate(asked, list);
          const { current_approvals, missing_approval_types } = findings[0]?.details ?? {};
          return { kind, current_approvals, missing_approval_types };
        };
        expect(current(others)).toEqual(current(decisions));
      }),
      many,
    );
  });

  it('count at most as many people as there are, and as many as they list', () => {
    fc.assert(
      fc.property(approvalRule, fc.array(decision), (asked, decisions) => {
        const [found] = evaluate(asked, decisions).findings;
        const approvals = (found?.details['approvals'] ?? []) as { user_id: string }[];
        expect(new Set(approvals.map((one) => one.user_id)).size).toBe(approvals.length);
        expect(found?.details['current_approvals'] ?? 0).toBe(approvals.length);
      }),
      many,
    );
  });
});
