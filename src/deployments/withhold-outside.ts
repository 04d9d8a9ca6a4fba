import { coversProduct, type Narrowing } from '../auth/narrowing.js';
import { withholdConflicts } from '../preflight/withhold-conflicts.js';
import type { Verdict } from '../preflight/verdict.js';
import type { CellFacts } from './cell-facts.js';

/**
 * A verdict as a narrowed key is told it: nothing of deployments outside that hold a slot. Deployments that compete are
 * in the attempt's own environment, which lies within. What is recorded stays whole.
 */
export function withholdOutside(
  verdict: Verdict,
  narrowing: Narrowing | null,
  { open, environmentHolders }: Pick<CellFacts, 'open' | 'environmentHolders'>,
): Verdict {
  if (narrowing === null) return verdict;
  const within = new Set([
    ...open.map(({ id }) => id),
    ...environmentHolders
      .filter(({ productId }) => coversProduct(narrowing, productId))
      .map(({ deploymentId }) => deploymentId),
  ]);
  return withholdConflicts(verdict, (deploymentId) => within.has(deploymentId));
}
