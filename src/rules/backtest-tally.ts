import type { Cursor } from '../common/http/cursor.js';
import type { Page } from '../common/http/pagination.js';
import type { Violation } from '../preflight/verdict.js';
import type { BacktestedAttemptDto } from './backtest.dto.js';
import { toBacktestedAttemptDto } from './backtest.mapper.js';
import type { PastAttempt } from './backtest.repository.js';

/** Results of one page. */
export const pageSize = 1_000;

export interface BacktestTotals {
  readonly evaluated: number;
  readonly blocked: number;
  readonly results: Page<BacktestedAttemptDto>;
  /** Where the period begins before what is still kept; else null. */
  readonly removedBefore: Date | null;
}

/** Counts attempts, told in the order of time, and keeps the page that is asked for: of the others it remembers nothing. */
export class BacktestTally {
  private evaluated = 0;
  private blocked = 0;
  /** The newest so far, oldest first: those of the page, and one that tells whether there is more. */
  private newest: { readonly at: Cursor; readonly shown: BacktestedAttemptDto }[] = [];

  /** @param before the last attempt of the page before: this one has older ones */
  constructor(private readonly before: Cursor | null) {}

  count(attempt: PastAttempt, violation: Violation | null): void {
    this.evaluated++;
    if (violation === null) return;
    this.blocked++;
    const at = { createdAt: attempt.checkedAt, id: attempt.id };
    if (this.before !== null && !isOlder(at, this.before)) return;
    this.newest.push({ at, shown: toBacktestedAttemptDto(attempt, violation) });
    // Now and then, and not one by one: a thousand entries are not moved for each.
    if (this.newest.length >= 3 * pageSize) this.newest = this.newest.slice(-pageSize - 1);
  }

  /** @param removedBefore attempts from before this instant are gone; null where the period is whole */
  totals(removedBefore: Date | null): BacktestTotals {
    const page = this.newest.slice(-pageSize).toReversed();
    const next = this.newest.length > pageSize ? page.at(-1)!.at : null;
    return {
      evaluated: this.evaluated,
      blocked: this.blocked,
      results: { items: page.map(({ shown }) => shown), next },
      removedBefore,
    };
  }
}

function isOlder(one: Cursor, other: Cursor): boolean {
  const [a, b] = [one.createdAt.getTime(), other.createdAt.getTime()];
  return a === b ? one.id < other.id : a < b;
}
