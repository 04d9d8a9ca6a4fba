/** Where a rule applies, with one key for one thing, whatever it is called. Empty: everywhere. */
export interface KnownScope {
  readonly products: readonly string[];
  readonly environments: readonly { readonly key: string; readonly type: string }[];
  readonly environmentTypes: readonly string[];
}

/** Whether there may be an attempt to which both rules apply. */
export function scopesMeet(a: KnownScope, b: KnownScope): boolean {
  return overlap(a.products, b.products) && environmentsMeet(a, b);
}

function environmentsMeet(a: KnownScope, b: KnownScope): boolean {
  const named = [a, b].filter(({ environments }) => environments.length > 0);
  if (named.length === 0) return overlap(a.environmentTypes, b.environmentTypes);
  return named[0]!.environments.some(
    ({ key, type }) =>
      named.every(({ environments }) => environments.some((other) => other.key === key)) &&
      [a, b].every(({ environmentTypes }) => overlap(environmentTypes, [type])),
  );
}

/** @param one empty: everything */
function overlap(one: readonly string[], other: readonly string[]): boolean {
  return one.length === 0 || other.length === 0 || one.some((item) => other.includes(item));
}
