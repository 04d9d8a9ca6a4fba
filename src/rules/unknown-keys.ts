/** Every key of a rule, those included that only answers have: who reads a rule, changes it and sends it back is not warned. */
const known = new Set([
  'name',
  'description',
  'message',
  'type',
  'status',
  'products',
  'environments',
  'environment_types',
  'config',
  'id',
  'revision',
  'created_at',
  'updated_at',
  'created_by',
  'warnings',
]);

/**
 * Warnings of keys that a rule does not have. They are ignored, as everywhere, so that newer clients keep working; but a
 * misspelt scope is a rule that applies everywhere.
 */
export function unknownKeyWarnings(sent: unknown): string[] {
  if (typeof sent !== 'object' || sent === null) return [];
  return Object.keys(sent)
    .filter((key) => !known.has(key))
    .map((key) => `${JSON.stringify(key)} was ignored: a rule has no such key`);
}
