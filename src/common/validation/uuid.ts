const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** An id as the database writes it; null for what is no UUID of any version. */
export function readUuid(text: string): string | null {
  return uuid.test(text) ? text.toLowerCase() : null;
}
