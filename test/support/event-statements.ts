import type { ReadParts } from '../../src/deployments/read-cell-facts.sql.js';
import type { WriteParts } from '../../src/deployments/write-event-plans.sql.js';

function subsets<Part extends string>(parts: readonly Part[]): Readonly<Record<Part, boolean>>[] {
  return Array.from(
    { length: 2 ** parts.length },
    (_, set) => Object.fromEntries(parts.map((part, i) => [part, ((set >> i) & 1) === 1])) as Record<Part, boolean>,
  );
}

/** Every set of parts with which facts can be read. */
export const readForms: readonly ReadParts[] = subsets([
  'ends',
  'sameRun',
  'spanning',
  'history',
  'policyFacts',
  'repeats',
  'rules',
]);

/** Every set of parts with which plans can be written. */
export const writeForms: readonly WriteParts[] = subsets(['starts', 'rules', 'answers', 'everything', 'restores']);
