import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readScheduleConfig } from './schedule.config.js';

const keys = `
  start end start_time end_time start_day end_day start_date end_date
  week weekday duration_minutes dtstart rrule exdates __proto__
`
  .trim()
  .split(/\s+/);

describe('whatever JSON there is', () => {
  const texts = fc.constantFrom('deny', 'UTC', 'daily', '09:00', '2026-01-01T00:00', 'monday', 'FREQ=DAILY', 'p95');
  const anything = fc.oneof({ depthSize: 'small' }, fc.jsonValue(), texts, fc.constantFrom(-1, 0, 1, 31, null));
  const window = fc.dictionary(fc.constantFrom(...keys), anything);
  const schedule = fc.record(
    {
      mode: fc.oneof(fc.constant('deny'), anything),
      timezone: fc.oneof(fc.constant('Europe/Berlin'), anything),
      recurrence: fc.oneof(fc.constantFrom('once', 'daily', 'weekly', 'monthly', 'rrule'), anything),
      windows: fc.oneof(fc.array(window, { maxLength: 3 }), anything),
      reason: anything,
      runway: anything,
      runway_minutes: anything,
    },
    { requiredKeys: [] },
  );

  it('is read or refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), schedule), (json) => {
        const result = readScheduleConfig(json, ['body', 'config']);
        if ('faults' in result) expect(result.faults.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });
});
