import { nameKey } from '../catalog/name-key.js';

/** What people are looked for by. */
export interface SearchedUser {
  readonly name: string;
  readonly email: string | null;
  readonly logins: readonly string[];
}

/**
 * Whether somebody's name, e-mail or one of their logins holds the text, whatever the letter case. Every character
 * stands for itself. Folded here and not in SQL, so that it does not depend on the database's locale.
 */
export function matchUser(text: string): (user: SearchedUser) => boolean {
  const looked = nameKey(text);
  return ({ name, email, logins }) =>
    [name, ...(email === null ? [] : [email]), ...logins].some((word) => nameKey(word).includes(looked));
}
