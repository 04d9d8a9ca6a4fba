/** Printable ASCII: nothing of it has look-alikes, and nearly every name is of it. */
const plain = /^[ -~]*$/;
const unseen = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * The key under which a product or environment is found: its name as people read it, trimmed and in lower case. Names
 * that differ only in letter case, in their encoding, in full-width or otherwise compatible letters (Unicode's NFKC) or in
 * characters that nobody sees are one name: no event gets past a rule by any of these. Letters of other scripts that
 * look alike stay apart. Folded here and not in SQL, so that it does not depend on the database's locale.
 */
export function nameKey(name: string): string {
  if (plain.test(name)) return name.trim().toLowerCase();
  const folded = asRead(name).toLowerCase().normalize('NFKC');
  // A name of nothing but what nobody sees is still a name.
  return folded === '' ? name.trim().normalize('NFC').toLowerCase() : folded;
}

/** A name as people read it: in compatible letters, without what nobody sees, trimmed. */
export function asRead(name: string): string {
  return name.normalize('NFKC').replace(unseen, '').normalize('NFKC').trim();
}
