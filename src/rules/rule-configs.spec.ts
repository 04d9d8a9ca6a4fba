import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { configReaders } from '../preflight/checks/index.js';
import { inDocumentedOrder } from './rule-configs.js';
import { ruleExamples } from './rule-examples.js';

const once = { start: '2026-12-19T18:00:00', end: '2027-01-04T08:00:00' };

describe('inDocumentedOrder', () => {
  const configs: [string, object][] = [
    ...Object.values(ruleExamples)
      .filter(({ type }) => type !== 'cooldown')
      .map(({ type, config }): [string, object] => [type, config]),
    ['cooldown', { minutes: 1, apply_to_rollbacks: true }],
    ['schedule', { mode: 'deny', recurrence: 'once', runway: 'p95', windows: [once, once] }],
    ['schedule', { mode: 'allow', recurrence: 'daily', windows: [{ start_time: '09:00', end_time: '17:00' }] }],
    [
      'schedule',
      {
        mode: 'deny',
        timezone: 'UTC',
        recurrence: 'monthly',
        windows: [{ week: -1, weekday: 'friday', start_time: '12:00', duration_minutes: 60 }],
      },
    ],
    ['flow', { required_environments: ['qa'], target_environment: 'prod', soak_minutes: { zebra: 1, ant: 2 } }],
  ];

  it.each(configs)('restores the order of a %s from %j', (type, config) => {
    const shuffled = reversed(config);
    expect(JSON.stringify(shuffled)).not.toBe(JSON.stringify(config));
    expect(withoutSoak(inDocumentedOrder(type, shuffled))).toBe(withoutSoak(config));
  });

  it('changes nothing but the order, whatever it is given', () => {
    const types = fc.constantFrom('moon_phase', ...Object.keys(configReaders));
    fc.assert(
      fc.property(types, fc.dictionary(fc.string(), fc.jsonValue()), (type, config) => {
        expect(inDocumentedOrder(type, config)).toEqual(config);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, reversed(item)])
      .reverse(),
  );
}

/** In which order environments soak is nobody's business. */
function withoutSoak(config: object): string {
  return JSON.stringify(config, (key, value: unknown) => (key === 'soak_minutes' ? 'some' : value));
}
