/** Where a flow leads to and what it requires first, by `nameKey`. */
export interface FlowEdges {
  readonly target: string;
  readonly required: readonly string[];
}

/**
 * Finds flows that together require what they lead to: nothing could ever start there.
 *
 * @returns one circle as a path from an environment through what it requires back to itself,
 *   `['production', 'staging', 'production']`; null where there is none
 */
export function flowCircle(flows: readonly FlowEdges[]): readonly string[] | null {
  const requiredBy = new Map<string, Set<string>>();
  for (const { target, required } of flows) {
    requiredBy.set(target, new Set([...(requiredBy.get(target) ?? []), ...required]));
  }
  // Whatever requires nothing that is itself a target lies on no circle. What is left in the end is on one or leads to one.
  for (let left = -1; left !== requiredBy.size;) {
    left = requiredBy.size;
    for (const [target, required] of requiredBy) {
      if (![...required].some((key) => requiredBy.has(key))) requiredBy.delete(target);
    }
  }
  const [start] = requiredBy.keys();
  if (start === undefined) return null;

  const path = [start];
  for (;;) {
    const next = [...requiredBy.get(path.at(-1)!)!].find((key) => requiredBy.has(key))!;
    if (path.includes(next)) return [...path.slice(path.indexOf(next)), next];
    path.push(next);
  }
}
