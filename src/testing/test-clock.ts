import { Clock } from '../common/clock.js';

/** A clock that can be set: what is decided is decided at that moment. Only `versioner/testing` has one. */
export class TestClock extends Clock {
  private at: Date | null = null;

  override frozen(): Date | null {
    return this.at;
  }

  /** Freezes the time at this instant, until it is set again. */
  set(instant: string | Date): void {
    const at = new Date(instant);
    if (Number.isNaN(at.getTime())) throw new RangeError(`Not an instant: ${String(instant)}`);
    this.at = at;
  }

  /** Moves the time on by so many milliseconds; a clock that was not set is frozen then. */
  advance(milliseconds: number): void {
    this.at = new Date(this.now().getTime() + milliseconds);
  }

  /** Lets the time run again. */
  reset(): void {
    this.at = null;
  }
}
