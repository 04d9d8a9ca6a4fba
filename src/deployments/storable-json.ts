/** JSON escapes that PostgreSQL's jsonb cannot hold: NUL, and halves of surrogate pairs (whole ones are not escaped). */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;
const unstorableUnescaped = /((?:^|[^\\])(?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/**
 * What a client sent, as the database can keep it: the fields that this service does not know were not validated, and
 * what cannot be stored in them becomes U+FFFD. Known fields with such characters were refused before.
 */
export function storableJson(sent: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(sent);
  if (!unstorable.test(text)) return sent;
  let clean = text;
  // Two neighbours share the character between them: a second pass takes what the first stepped over.
  for (let pass = 0; pass < 2; pass++) clean = clean.replace(unstorableUnescaped, '$1\ufffd');
  return JSON.parse(clean) as Record<string, unknown>;
}
