import { describe, expect, it } from '@jest/globals';
import { faultOf, type Standby } from './judge-standby.js';

const identity = { cluster: '7412345678901234567', database: '16384', schema: 'public' };
const primary = { ...identity, lsn: '16/B374D848', timeline: 3, time: 1_000_000, askedAt: 0 };
const good: Standby = { ...identity, inRecovery: true, timeline: 3, time: 1_000_020, hasReplayed: true };

describe('faultOf', () => {
  it('finds none in a standby of the primary, however far it has replayed', () => {
    expect(faultOf(good, primary, 20)).toBeNull();
    expect(faultOf({ ...good, hasReplayed: false }, primary, 20)).toBeNull();
  });

  it.each<[string, Partial<Standby>]>([
    ['it belongs to another cluster than DATABASE_URL', { cluster: '7400000000000000000' }],
    ['it is another database than that of DATABASE_URL', { database: '5' }],
    ['it looks in another schema than DATABASE_URL', { schema: 'other' }],
    ['it is not a standby, or no longer', { inRecovery: false }],
    ['it is on timeline 2 and the primary on 3', { timeline: 2 }],
    ['its clock is 1021 ms off', { time: 1_001_021 }],
    ['its clock is -1001 ms off', { time: 998_999 }],
  ])('%s', (fault, change) => {
    expect(faultOf({ ...good, ...change }, primary, 20)).toBe(fault);
  });

  it.each([999_000, 1_000_000, 1_000_020, 1_001_020])('lets clocks differ by a second: %s', (time) => {
    expect(faultOf({ ...good, time }, primary, 20)).toBeNull();
  });
});
