import { isDeepStrictEqual } from 'node:util';

/** Since when something is archived after a change. What is archived already stays so since then. */
export function archivedAtAfter(before: Date | null, archived: boolean | undefined, at: Date): Date | null {
  if (archived === undefined) return before;
  return archived ? (before ?? at) : null;
}

/** The verb under which a change of something that can be archived is audited. */
export function verbOf(before: { archivedAt: Date | null }, after: { archivedAt: Date | null }): string {
  if ((before.archivedAt === null) === (after.archivedAt === null)) return 'updated';
  return after.archivedAt === null ? 'restored' : 'archived';
}

/** The fields of `wanted` that are given and differ from what is there. */
export function differing<Fields extends object>(before: Fields, wanted: Partial<Fields>): Partial<Fields> {
  const keys = Object.keys(wanted) as (keyof Fields)[];
  const changed = keys.filter((key) => wanted[key] !== undefined && !isDeepStrictEqual(wanted[key], before[key]));
  return Object.fromEntries(changed.map((key) => [key, wanted[key]])) as Partial<Fields>;
}
