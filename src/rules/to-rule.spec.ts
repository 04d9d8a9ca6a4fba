import { describe, expect, it } from '@jest/globals';
import { isUnreadable, type UnreadableRule } from '../preflight/rule.js';
import { type StoredRule, toRule } from './to-rule.js';

const stored: StoredRule = {
  id: '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a71',
  revision: 3,
  name: 'two at once',
  message: null,
  type: 'concurrency',
  status: 'enabled',
  config: { max_concurrent: 2, per: 'environment' },
};

describe('toRule', () => {
  it.each(['enabled', 'report_only', 'disabled'])('reads a rule that is %s', (status) => {
    expect(toRule({ ...stored, status, message: 'Wait.' })).toEqual({
      ...stored,
      status,
      message: 'Wait.',
      config: { maxConcurrent: 2, per: 'environment' },
    });
  });

  it.each<[string, Partial<StoredRule>, string]>([
    ['type', { type: 'moon_phase' }, 'the type moon_phase is unknown'],
    ['type that objects have by themselves', { type: 'constructor' }, 'the type constructor is unknown'],
    ['status', { status: 'paused' }, 'the status paused is unknown'],
    ['configuration', { config: null }, 'config: none is not an allowed value'],
    [
      'key, and one out of bounds',
      { config: { max_concurrent: 0, per: 'environment', max: 1 } },
      'config.max_concurrent: ensure this value is greater than or equal to 1; config.max: extra fields not permitted',
    ],
  ])('tells why it cannot read an unknown %s', (_, change, why) => {
    const rule = toRule({ ...stored, ...change });
    expect(isUnreadable(rule)).toBe(true);
    expect((rule as UnreadableRule).unreadable).toBe(why);
    expect(rule).toMatchObject({ id: stored.id, revision: 3, name: 'two at once', status: 'enabled' });
  });

  it('keeps the status of an unreadable rule, so that one that only reports blocks nothing', () => {
    expect(toRule({ ...stored, config: {}, status: 'report_only' })).toMatchObject({ status: 'report_only' });
  });
});
