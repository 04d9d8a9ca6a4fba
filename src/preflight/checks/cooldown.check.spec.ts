import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  before,
  checkedAt,
  sampleAttempt,
  sampleCompletions,
  samplePreflightFacts,
} from '../../../test/support/sample-attempt.js';
import type { PreflightFacts } from './check.js';
import { cooldownCheck } from './cooldown.check.js';
import type { CooldownConfig } from './cooldown.config.js';

function evaluate(config: Partial<CooldownConfig>, facts: Partial<PreflightFacts>) {
  const whole = { minutes: 30, applyToRollbacks: false, ...config };
  return cooldownCheck.evaluate(whole, sampleAttempt(), samplePreflightFacts(facts), { name: 'mine' });
}

const completedHere = sampleCompletions('production', { firstAt: before(9000), isDeployed: false });

describe('cooldownCheck', () => {
  it.each([
    // minutes, since when the product is deployed there; blocked, elapsed and remaining whole minutes
    [30, null, false, null, null],
    [30, before(0), true, 0, 30],
    [30, before(0, 1), true, 0, 30],
    [30, before(1, -1), true, 0, 30],
    [30, before(1), true, 1, 29],
    [30, before(29), true, 29, 1],
    [30, before(30, -1), true, 29, 1],
    // The boundary instant is over.
    [30, before(30), false, null, null],
    [30, before(30, 1), false, null, null],
    [30, before(9000), false, null, null],
    [1, before(1, -1), true, 0, 1],
    [1, before(1), false, null, null],
    [1, before(1, 1), false, null, null],
    [1440, before(1439), true, 1439, 1],
    [1440, before(1440), false, null, null],
    [525_600, before(525_600, -1), true, 525_599, 1],
    [525_600, before(525_600), false, null, null],
    // Asked about a moment that lies before what has happened since.
    [30, before(-5), true, 0, 35],
  ] as const)('%i minutes, deployed at %j: blocked %s', (minutes, lastCompletedAt, blocked, elapsed, remaining) => {
    const { kind, findings } = evaluate({ minutes }, { lastCompletedAt });
    expect(kind).toBe(blocked ? 'failed' : 'passed');
    const end = lastCompletedAt && new Date(lastCompletedAt.getTime() + minutes * 60_000);
    expect(findings.map(({ code, retryAfter, endsAt, details }) => ({ code, retryAfter, endsAt, details }))).toEqual(
      blocked
        ? [
            {
              code: 'COOLDOWN_ACTIVE',
              retryAfter: end,
              endsAt: end,
              details: {
                cooldown_minutes: minutes,
                elapsed_minutes: elapsed,
                remaining_minutes: remaining,
                last_deployed_at: `${lastCompletedAt.toISOString().slice(0, 19)}Z`,
              },
            },
          ]
        : [],
    );
  });

  it.each([
    // does it apply to rollbacks, has this version completed here before, when was the last deployment; what becomes of it
    [false, false, before(10), 'failed'],
    [false, true, before(10), 'exempt'],
    [false, true, before(31), 'exempt'],
    [false, true, null, 'exempt'],
    [false, false, null, 'passed'],
    [true, false, before(10), 'failed'],
    [true, true, before(10), 'failed'],
    [true, true, before(30), 'passed'],
  ] as const)('applied to rollbacks %s, a rollback %s, deployed at %j: %s', (applyToRollbacks, rollback, at, kind) => {
    const facts = { lastCompletedAt: at, ...(rollback ? { here: completedHere } : {}) };
    expect(evaluate({ applyToRollbacks }, facts).kind).toBe(kind);
  });

  it.each([
    // minutes, since when; what the client reads
    [
      30,
      before(12),
      'my-service was deployed to production 12 minutes ago, and 30 minutes must lie between two deployments: the next one may start from 2026-03-02T14:18:00Z on',
    ],
    [
      2,
      before(1),
      'my-service was deployed to production 1 minute ago, and 2 minutes must lie between two deployments: the next one may start from 2026-03-02T14:01:00Z on',
    ],
    // Who waits until the time that is told has waited long enough.
    [
      1,
      before(0, -1),
      'my-service was deployed to production less than a minute ago, and 1 minute must lie between two deployments: the next one may start from 2026-03-02T14:01:01Z on',
    ],
  ] as const)('%i minutes, deployed at %j: says so', (minutes, lastCompletedAt, message) => {
    expect(evaluate({ minutes }, { lastCompletedAt }).findings[0]?.message).toBe(message);
  });

  it('ends exactly when it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 525_600 }), fc.nat(), (minutes, milliseconds) => {
        const lastCompletedAt = before(0, milliseconds);
        const [found] = evaluate({ minutes }, { lastCompletedAt }).findings;
        const end = lastCompletedAt.getTime() + minutes * 60_000;
        expect(found?.retryAfter?.getTime() ?? null).toBe(end > checkedAt.getTime() ? end : null);
        expect(evaluate({ minutes }, { lastCompletedAt, now: new Date(end) }).kind).toBe('passed');
        expect(evaluate({ minutes }, { lastCompletedAt, now: new Date(end - 1) }).kind).toBe('failed');
      }),
    );
  });

  it.each([
    [false, { lastCompletion: true, here: true }],
    [true, { lastCompletion: true, here: false }],
  ] as const)('applied to rollbacks %s: needs %j', (applyToRollbacks, needs) => {
    expect(cooldownCheck.needs({ minutes: 1, applyToRollbacks })).toEqual(needs);
  });
});
