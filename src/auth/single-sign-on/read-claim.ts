/** What an issuer says in a token. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The claim of that name; where there is none, the value that the dots in the name lead to. Some issuers put dots into
 * names (`https://example.com/groups`), others objects into claims (`realm_access.roles`).
 */
export function readClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Claims)[part];
  }
  return value;
}

/** The names that a claim lists: its texts, or itself where it is one text. Anything else in it names nothing. */
export function readNames(claims: Claims, name: string): string[] {
  const value = readClaim(claims, name);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === 'string');
}
