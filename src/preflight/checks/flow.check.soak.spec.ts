import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  before,
  checkedAt,
  sampleAttempt,
  sampleElsewhere,
  samplePreflightFacts,
} from '../../../test/support/sample-attempt.js';
import type { PreflightFacts } from './check.js';
import { flowCheck } from './flow.check.js';
import type { FlowConfig } from './flow.config.js';

type Place = PreflightFacts['elsewhere'][string];
type Places = Readonly<Record<string, Partial<Place>>>;

const rule = { name: 'mine' };

const flow: FlowConfig = {
  requiredEnvironments: ['dev', 'test', 'staging'],
  targetEnvironment: 'production',
  strictOrder: false,
  soakMinutes: {},
  applyToRollbacks: false,
};

function evaluate(config: Partial<FlowConfig>, places: Places, facts: Partial<PreflightFacts> = {}) {
  const whole = samplePreflightFacts({ elsewhere: sampleElsewhere(places), ...facts });
  return flowCheck.evaluate({ ...flow, ...config }, sampleAttempt(), whole, rule);
}

/** Completed, or not, in each of dev, test and staging so many minutes before. */
function completed(...minutes: readonly (number | null)[]): Places {
  return Object.fromEntries(
    ['dev', 'test', 'staging'].map((name, i) => [name, { firstAt: minutes[i] == null ? null : before(minutes[i]) }]),
  );
}

describe('flowCheck: how long it must have run there', () => {
  const staging = ['staging'];

  it.each([
    // minutes to soak, completed there, still deployed; elapsed (null: soaked), does it end by itself
    [60, before(60), true, null, true],
    [60, before(60, 1), true, null, true],
    [60, before(60, -1), true, 59, true],
    [60, before(9000), true, null, true],
    [60, before(59), true, 59, true],
    [60, before(59, -1), true, 58, true],
    [60, before(1), true, 1, true],
    [60, before(1, -1), true, 0, true],
    [60, before(0), true, 0, true],
    // Asked about a moment before that.
    [60, before(-10), true, 0, true],
    [1, before(1), true, null, true],
    [1, before(1, -1), true, 0, true],
    [525_600, before(525_600), true, null, true],
    [525_600, before(525_600, -1), true, 525_599, true],
    [0, before(0), true, null, true],
    [0, before(0), false, null, true],
    // Replaced: it does not soak, however long it did.
    [60, before(10), false, 0, false],
    [60, before(60), false, 0, false],
    [60, before(9000), false, 0, false],
  ] as const)('%i minutes, completed at %j, still deployed %s: %s', (minutes, at, isDeployed, elapsed, ends) => {
    const config = { requiredEnvironments: staging, soakMinutes: { staging: minutes } };
    const { kind, findings } = evaluate(config, { staging: { firstAt: before(99_000), lastAt: at, isDeployed } });
    expect(kind).toBe(elapsed === null ? 'passed' : 'failed');
    const end = ends ? new Date(at.getTime() + minutes * 60_000) : null;
    const details = {
      environment: 'staging',
      required_soak_minutes: minutes,
      elapsed_soak_minutes: elapsed,
      deployed_at: `${at.toISOString().slice(0, 19)}Z`,
    };
    expect(findings.map(({ message: _, ...found }) => found)).toEqual(
      elapsed === null ? [] : [{ code: 'INSUFFICIENT_SOAK_TIME', retryAfter: end, endsAt: end, details }],
    );
  });

  it.each([
    // to soak, where; the codes and environments in the order in which they are told
    [{ dev: 60, test: 60, staging: 60 }, completed(90, 80, 70), []],
    [{ dev: 60, test: 60, staging: 60 }, completed(30, 20, 10), ['staging', 'test', 'dev']],
    [{ dev: 60, test: 60, staging: 60 }, completed(10, 20, 30), ['dev', 'test', 'staging']],
    [{ dev: 90, test: 60, staging: 60 }, completed(30, 20, 10), ['dev', 'staging', 'test']],
    // In the same instant: as listed.
    [{ dev: 60, test: 60, staging: 60 }, completed(10, 10, 10), ['dev', 'test', 'staging']],
    // What nobody knows the end of comes first.
    [
      { dev: 60, staging: 60 },
      { ...completed(30, 20), staging: { firstAt: before(5), isDeployed: false } },
      ['staging', 'dev'],
    ],
    [{ staging: 60 }, completed(1, 1, 1), ['staging']],
    [{ dev: 1, test: 2 }, completed(0, 0, 0), ['test', 'dev']],
    // Together with all that is missing; what has never completed cannot soak.
    [{ dev: 60, test: 60, staging: 60 }, completed(30, null, 10), ['FLOW_VIOLATION', 'staging', 'dev']],
    [{ dev: 60, test: 60, staging: 60 }, completed(null, null, null), ['FLOW_VIOLATION']],
    [{ staging: 60 }, completed(30, null, 90), ['FLOW_VIOLATION']],
  ] as const)('soaks %j: %#', (soakMinutes, places: Places, told) => {
    const { findings } = evaluate({ soakMinutes }, { dev: {}, test: {}, staging: {}, ...places });
    expect(findings.map(({ code, details }) => details['environment'] ?? code)).toEqual(told);
  });

  it.each([
    [
      60,
      { firstAt: before(12) },
      'Version 2.0.0 has run in staging for 12 of 60 minutes: it may start in production from 2026-03-02T14:48:00Z on',
    ],
    [
      1,
      { firstAt: before(0, 500) },
      'Version 2.0.0 has run in staging for 0 of 1 minute: it may start in production from 2026-03-02T14:01:00Z on',
    ],
    [
      60,
      { firstAt: before(12), isDeployed: false },
      'Version 2.0.0 is no longer deployed in staging: deploy it there again and let it run for 60 minutes before production',
    ],
  ] as const)('%i minutes, %j: says so', (minutes, place, message) => {
    const config = { requiredEnvironments: staging, soakMinutes: { staging: minutes } };
    expect(evaluate(config, { staging: place }).findings.map((one) => one.message)).toEqual([message]);
  });

  it('soaks in environments whatever they are called', () => {
    const config = { requiredEnvironments: ['Pre-Live'], soakMinutes: { 'pre-live': 60 } };
    expect(evaluate(config, { 'Pre-Live': { firstAt: before(59) } }).kind).toBe('failed');
    expect(evaluate(config, { 'Pre-Live': { firstAt: before(60) } }).kind).toBe('passed');
  });
});

describe('flowCheck: properties', () => {
  const minutes = fc.integer({ min: 0, max: 200 });
  const place = fc.record({ ago: fc.option(minutes), isDeployed: fc.boolean(), soak: minutes });
  const places = fc.record({ dev: place, test: place, staging: place });

  function given(known: { dev: Drawn; test: Drawn; staging: Drawn }) {
    const entries = Object.entries(known);
    return {
      soakMinutes: Object.fromEntries(entries.map(([name, { soak }]) => [name, soak])),
      places: Object.fromEntries(
        entries.map(([name, { ago, isDeployed }]) => [
          name,
          { firstAt: ago === null ? null : before(ago), isDeployed },
        ]),
      ),
    };
  }
  interface Drawn {
    readonly ago: number | null;
    readonly isDeployed: boolean;
    readonly soak: number;
  }

  it('lets in who waits for the first thing that it tells, and nobody a millisecond earlier', () => {
    fc.assert(
      fc.property(places, fc.boolean(), (known, strictOrder) => {
        const { soakMinutes, places } = given(known);
        const config = { soakMinutes, strictOrder };
        const [first] = evaluate(config, places).findings;
        if (first === undefined) return;
        const kindAt = (time: number) => evaluate(config, places, { now: new Date(time) }).kind;
        const ends = first.retryAfter?.getTime();
        expect(kindAt(ends === undefined ? checkedAt.getTime() + 1e12 : ends - 1)).toBe('failed');
        expect(ends === undefined ? 'passed' : kindAt(ends)).toBe('passed');
      }),
    );
  });

  it('never lets in sooner for requiring more', () => {
    fc.assert(
      fc.property(places, fc.subarray(['dev', 'test', 'staging']), fc.boolean(), (known, fewer, strictOrder) => {
        const { soakMinutes, places } = given(known);
        const more = evaluate({ soakMinutes, strictOrder }, places);
        const less = evaluate({ soakMinutes, strictOrder, requiredEnvironments: fewer }, places);
        expect([more.kind, less.kind]).not.toEqual(['passed', 'failed']);
      }),
    );
  });
});
