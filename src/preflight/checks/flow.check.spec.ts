import { describe, expect, it } from '@jest/globals';
import {
  before,
  sampleAttempt,
  sampleCompletions,
  sampleElsewhere,
  samplePreflightFacts,
} from '../../../test/support/sample-attempt.js';
import type { Finding, PreflightFacts } from './check.js';
import { flowCheck } from './flow.check.js';
import type { FlowConfig } from './flow.config.js';

type Place = PreflightFacts['elsewhere'][string];
type Places = Readonly<Record<string, Partial<Place>>>;

const rule = { name: 'mine' };

function flow(config: Partial<FlowConfig> = {}): FlowConfig {
  return {
    requiredEnvironments: ['dev', 'test', 'staging'],
    targetEnvironment: 'production',
    strictOrder: false,
    soakMinutes: {},
    applyToRollbacks: false,
    ...config,
  };
}

function evaluate(config: Partial<FlowConfig>, places: Places, facts: Partial<PreflightFacts> = {}) {
  const whole = samplePreflightFacts({ elsewhere: sampleElsewhere(places), ...facts });
  return flowCheck.evaluate(flow(config), sampleAttempt(), whole, rule);
}

/** Completed, or not, in each of dev, test and staging so many minutes before. */
function completed(...minutes: readonly (number | null)[]): Places {
  return Object.fromEntries(
    ['dev', 'test', 'staging'].map((name, i) => [name, { firstAt: minutes[i] == null ? null : before(minutes[i]) }]),
  );
}

function detailsOf(findings: readonly Finding[]) {
  return findings.map(({ code, retryAfter, endsAt, details }) => ({ code, retryAfter, endsAt, details }));
}

describe('flowCheck: where it must have completed', () => {
  it.each([
    // in order?, completed in dev, test and staging so many minutes ago; missing, too early
    [false, [3, 2, 1], [], []],
    [false, [1, 2, 3], [], []],
    [false, [null, 2, 1], ['dev'], []],
    [false, [3, null, 1], ['test'], []],
    [false, [3, 2, null], ['staging'], []],
    [false, [null, null, 1], ['dev', 'test'], []],
    [false, [null, null, null], ['dev', 'test', 'staging'], []],
    [true, [3, 2, 1], [], []],
    // Of two in the same instant nobody can say which was first.
    [true, [3, 3, 1], [], []],
    [true, [1, 1, 1], [], []],
    [true, [2, 3, 1], [], ['test']],
    [true, [3, 1, 2], [], ['staging']],
    [true, [1, 2, 3], [], ['test', 'staging']],
    [true, [1, 3, 2], [], ['test', 'staging']],
    [true, [2, 1, 3], [], ['staging']],
    [true, [3, 2, null], ['staging'], []],
    [true, [3, null, null], ['test', 'staging'], []],
    [true, [null, null, null], ['dev', 'test', 'staging'], []],
    // It can no longer complete in dev before it did in test.
    [true, [null, 2, null], ['dev', 'staging'], ['test']],
    [true, [3, null, 1], ['test'], ['staging']],
    [true, [null, 2, 1], ['dev'], ['test', 'staging']],
    [true, [1, 2, null], ['staging'], ['test']],
  ] as const)(
    'in order %s, completed %j minutes ago: missing %j, too early %j',
    (strictOrder, minutes, missing, early) => {
      const { kind, findings } = evaluate({ strictOrder }, completed(...minutes));
      const violated = missing.length + early.length > 0;
      expect(kind).toBe(violated ? 'failed' : 'passed');
      const details = {
        required_environments: ['dev', 'test', 'staging'],
        missing_environments: missing,
        target_environment: 'production',
        ...(early.length === 0 ? {} : { out_of_order_environments: early }),
      };
      expect(detailsOf(findings)).toEqual(
        violated ? [{ code: 'FLOW_VIOLATION', retryAfter: null, endsAt: null, details }] : [],
      );
    },
  );

  it.each([
    // required, in order?, completed; what the client reads
    [['staging'], false, [], 'Version 2.0.0 has not completed in staging yet: deploy it there before production'],
    [
      ['dev', 'staging'],
      true,
      [],
      'Version 2.0.0 has not completed in dev or staging yet: deploy it there before production',
    ],
    [
      ['dev', 'test', 'staging'],
      false,
      [],
      'Version 2.0.0 has not completed in dev, test or staging yet: deploy it there before production',
    ],
    [
      ['dev', 'staging'],
      true,
      [1, null, 2],
      'Version 2.0.0 completed too early in staging: production requires dev, then staging. Deploy a new version in that order',
    ],
  ] as const)(
    'requires %j, in order %s, completed %j: says so',
    (requiredEnvironments, strictOrder, minutes, message) => {
      const { findings } = evaluate({ requiredEnvironments, strictOrder }, completed(...minutes));
      expect(findings.map((one) => one.message)).toEqual([message]);
    },
  );

  it.each([
    // as the rule has it, what is there; what the client reads
    ['Staging', { staging: {} }, 'staging'],
    [' STAGING ', { Staging: {} }, 'Staging'],
    // Renamed since.
    ['staging', { staging: { environmentName: 'pre-live' } }, 'pre-live'],
    [
      '0190C0DE-0000-7000-8000-000000000001',
      { '0190c0de-0000-7000-8000-000000000001': { environmentName: 'qa' } },
      'qa',
    ],
    // While it does not exist it is called as the rule calls it.
    ['Load Test', { 'load test': { environmentId: null } }, 'Load Test'],
    ['constructor', { constructor: {} }, 'constructor'],
  ] as const)('calls %j as it is called', (named, places: Places, name) => {
    const { findings } = evaluate({ requiredEnvironments: [named] }, places);
    expect(findings[0]?.details['missing_environments']).toEqual([name]);
  });

  it.each(['staging', 'constructor', '__proto__'])('cannot decide where nothing was read of %s', (named) => {
    expect(() => evaluate({ requiredEnvironments: [named] }, { dev: {} })).toThrow(named);
  });
});

describe('flowCheck: rollbacks', () => {
  it.each([
    // does it apply to them, first completion in the target, completed in staging since; what becomes of it
    [false, null, null, 'failed'],
    [false, null, before(5), 'failed'],
    [false, null, before(60), 'passed'],
    [false, before(99_000), null, 'exempt'],
    [false, before(99_000), before(5), 'exempt'],
    [false, before(0), null, 'exempt'],
    [true, null, null, 'failed'],
    [true, before(99_000), null, 'failed'],
    [true, before(99_000), before(5), 'failed'],
    [true, before(99_000), before(60), 'passed'],
  ] as const)('applied %s, completed there at %j, in staging at %j: %s', (applyToRollbacks, firstAt, at, kind) => {
    const config = { requiredEnvironments: ['staging'], soakMinutes: { staging: 60 }, applyToRollbacks };
    // It is a rollback whatever is deployed there now.
    const here = sampleCompletions('production', { firstAt, isDeployed: false });
    expect(evaluate(config, { staging: { firstAt: at } }, { here }).kind).toBe(kind);
  });

  it.each([
    [false, ['Dev', 'STAGING '], { here: true, elsewhere: ['dev', 'staging'] }],
    [true, ['staging'], { here: false, elsewhere: ['staging'] }],
  ] as const)('applied %s, requires %j: needs %j', (applyToRollbacks, requiredEnvironments, needs) => {
    expect(flowCheck.needs(flow({ applyToRollbacks, requiredEnvironments }))).toEqual(needs);
  });
});
