import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { Availability } from './availability.js';
import { ReadReplicaFault } from './faults.js';

class ManualClock extends Clock {
  at = 0;

  override monotonic(): number {
    return this.at;
  }
}

const away = new ReadReplicaFault('away', 'nobody there');
const behind = new ReadReplicaFault('behind', 'late');

describe('Availability', () => {
  let clock: ManualClock;
  let replica: Availability;
  let said: string[];

  beforeEach(() => {
    clock = new ManualClock();
    replica = new Availability(clock);
    said = [];
    for (const level of ['log', 'warn'] as const) {
      jest
        .spyOn(Logger.prototype, level)
        .mockImplementation((line: unknown) => void said.push(`${level}: ${String(line)}`));
    }
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** How long it is left alone (milliseconds). */
  function pause(): number {
    const from = clock.at;
    while (!replica.isDue) clock.at += 50;
    return clock.at - from;
  }

  it('is tried at once, and is of use when that went well', () => {
    expect([replica.obstacle, replica.isDue]).toEqual(['away', true]);
    replica.back();
    expect([replica.obstacle, replica.isDue]).toEqual([null, false]);
  });

  it('is tried again after pauses that grow, up to five seconds', () => {
    const pauses = Array.from({ length: 8 }, () => {
      replica.lost(away);
      return pause();
    });
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it('goes on growing them where it comes and goes, and starts over where it was of use for a while', () => {
    replica.lost(away);
    replica.back();
    clock.at += 9_000;
    replica.lost(away);
    expect(pause()).toBe(500);
    replica.back();
    clock.at += 10_000;
    replica.lost(away);
    expect(pause()).toBe(250);
  });

  it('says each outage once, and its end', () => {
    for (const fault of [away, away, behind]) replica.lost(fault);
    replica.back();
    replica.back();
    expect(said).toEqual([
      'warn: Lists are read from the primary, the read replica cannot be used: nobody there',
      'log: Lists are read from the read replica',
    ]);
  });

  it('does not speak of having been behind for a moment', () => {
    replica.back();
    replica.lost(behind);
    expect(replica.obstacle).toBe('behind');
    replica.back();
    expect(said).toEqual(['log: Lists are read from the read replica']);
    replica.lost(away);
    replica.lost(behind);
    expect(said.at(-1)).toMatch(/nobody there$/);
  });
});
