import type { CellFacts } from './cell-facts.js';

/** For so long a start that is identical to one that was let through is that start again (milliseconds). */
const repeatsEndAfterMs = 10 * 60_000;

/**
 * What is known now, as it counts at another moment, sooner or later: the clock alone moves. Who is stale by then holds
 * no slot, and a start is a repeat only within the ten minutes that follow the one that it repeats.
 */
export function factsAt(facts: CellFacts, at: Date): CellFacts {
  const { repeatOf } = facts;
  return { ...facts, now: at, repeatOf: repeatOf !== null && isSoonAfter(repeatOf.receivedAt, at) ? repeatOf : null };
}

function isSoonAfter(receivedAt: Date, at: Date): boolean {
  const elapsed = at.getTime() - receivedAt.getTime();
  return elapsed >= 0 && elapsed < repeatsEndAfterMs;
}
