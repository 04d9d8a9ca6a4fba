import { Logger } from '@nestjs/common';
import type { Clock } from '../../common/clock.js';
import { type Fault, ReadReplicaFault } from './faults.js';

/** Pauses between two tries: each twice as long as the one before (milliseconds). */
const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** Having been of use for so long, it begins with short pauses again (milliseconds). */
const steadyMs = 10_000;

/**
 * Whether the read replica is of use. Once it has failed it is left alone, and tried again after a pause that grows
 * while it goes on failing, so that neither requests nor the log suffer from one that comes and goes.
 *
 * The log names each outage once, and its end. Having fallen behind for a moment is no outage yet.
 */
export class Availability {
  private readonly logger = new Logger('ReadReplica');
  private fault: Fault | null = 'away';
  private failures = 0;
  private tryAt = 0;
  private upSince = 0;
  private said: 'nothing' | 'lost' | 'up' = 'nothing';

  constructor(private readonly clock: Clock) {}

  /** Why lists are read from the primary; null while the read replica is of use. */
  get obstacle(): Fault | null {
    return this.fault;
  }

  /** Whether it is time to try again. */
  get isDue(): boolean {
    return this.fault !== null && this.clock.monotonic() >= this.tryAt;
  }

  /** It could not be tried: later, then. */
  postpone(): void {
    this.tryAt = this.clock.monotonic() + firstPauseMs;
  }

  lost({ fault, message }: ReadReplicaFault): void {
    const now = this.clock.monotonic();
    if (this.fault === null && now - this.upSince >= steadyMs) this.failures = 0;
    this.tryAt = now + Math.min(firstPauseMs * 2 ** this.failures, longestPauseMs);
    this.failures = Math.min(this.failures + 1, 16);
    this.fault = fault;
    if (this.said === 'lost' || (fault === 'behind' && this.failures === 1)) return;
    this.said = 'lost';
    this.logger.warn(`Lists are read from the primary, the read replica cannot be used: ${message}`);
  }

  back(): void {
    this.fault = null;
    this.upSince = this.clock.monotonic();
    if (this.said !== 'up') this.logger.log('Lists are read from the read replica');
    this.said = 'up';
  }
}
