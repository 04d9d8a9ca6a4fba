import { nameKey } from './name-key.js';

/** A name that a product or environment has or had, and the key under which it is found. */
export interface CatalogName {
  readonly key: string;
  readonly name: string;
}

/** What may be changed of the names: absent stays as it is. */
export interface NameChanges {
  readonly name?: string;
  /** Every former name that still counts; the one that a rename leaves behind is kept beside them. */
  readonly aliases?: readonly string[];
}

/** How the names of one thing change: rows to be spelled otherwise (case alone), and keys to be given up. */
export interface NamePlan {
  readonly name: string;
  readonly respelled: readonly CatalogName[];
  readonly removed: readonly CatalogName[];
}

interface Named {
  readonly name: string;
  readonly names: readonly CatalogName[];
}

/** Names that a change needs, without doubles, in the order in which they are claimed. */
export function wantedNames({ name, aliases = [] }: NameChanges): CatalogName[] {
  const all = [...(name === undefined ? [] : [name]), ...aliases].map((one) => ({ key: nameKey(one), name: one }));
  const byKey = new Map(all.toReversed().map((one) => [one.key, one]));
  return [...byKey.values()].sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** What becomes of the names that a thing has already. The wanted ones that it does not have yet are claimed before. */
export function planNames(before: Named, changes: NameChanges): NamePlan {
  const name = changes.name ?? before.name;
  const spelled = new Map(wantedNames(changes).map((wanted) => [wanted.key, wanted.name]));
  const respelled = before.names.flatMap(({ key, name: old }) => {
    const wanted = spelled.get(key) ?? old;
    return wanted === old ? [] : [{ key, name: wanted }];
  });
  const kept = new Set([nameKey(before.name), nameKey(name), ...spelled.keys()]);
  const removed = changes.aliases === undefined ? [] : before.names.filter(({ key }) => !kept.has(key));
  return { name, respelled, removed };
}

/** The names that are not the present one, in alphabetical order. */
export function aliasesOf({ name, names }: Named): string[] {
  const present = nameKey(name);
  return names
    .filter(({ key }) => key !== present)
    .map((one) => one.name)
    .sort();
}
