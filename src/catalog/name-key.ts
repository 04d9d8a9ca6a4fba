/**
 * The key under which a product or environment is found: its name, trimmed, in NFC and lower case. Names that differ
 * only in letter case are one name. Folded here and not in SQL, so that it does not depend on the database's locale.
 */
export function nameKey(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
