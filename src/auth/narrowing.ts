/**
 * The part of the account that an API key is narrowed to. By id and not by name: a rename neither widens nor breaks a
 * key. Null: not narrowed in this respect.
 */
export interface Narrowing {
  readonly productIds: ReadonlySet<string> | null;
  readonly environmentIds: ReadonlySet<string> | null;
}

/** What a key's row says; empty lists: not narrowed. Null for a key that is not narrowed at all. */
export function toNarrowing(productIds: readonly string[], environmentIds: readonly string[]): Narrowing | null {
  if (productIds.length === 0 && environmentIds.length === 0) return null;
  return { productIds: toSet(productIds), environmentIds: toSet(environmentIds) };
}

/** Whether a product lies within. @param id null for one that does not exist, or not yet: it lies outside */
export function coversProduct(narrowing: Narrowing | null, id: string | null): boolean {
  return covers(narrowing?.productIds, id);
}

/** As `coversProduct`, for environments. */
export function coversEnvironment(narrowing: Narrowing | null, id: string | null): boolean {
  return covers(narrowing?.environmentIds, id);
}

function covers(ids: ReadonlySet<string> | null | undefined, id: string | null): boolean {
  return ids == null || (id !== null && ids.has(id));
}

function toSet(ids: readonly string[]): ReadonlySet<string> | null {
  return ids.length === 0 ? null : new Set(ids);
}
