import { Injectable } from '@nestjs/common';

/**
 * The only reader of the process's time. What is decided is decided by the database's time, which comes with the
 * facts; this clock serves leases, caches and logs, and carries the moment that a test has frozen, if any.
 */
@Injectable()
export class Clock {
  /** Milliseconds that only go forward: for measuring, never for dates. */
  monotonic(): number {
    return performance.now();
  }

  /** The process's time. */
  now(): Date {
    return this.frozen() ?? new Date();
  }

  /**
   * The moment that `versioner/testing` has set; always null in production. SQL that needs the time takes
   * `coalesce($n, clock_timestamp())` with this as the parameter.
   */
  frozen(): Date | null {
    return null;
  }
}
