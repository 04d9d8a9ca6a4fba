/** NUL, which PostgreSQL cannot store, and halves of surrogate pairs, which are no characters at all. */
const illFormed = /[\0\p{Surrogate}]/u;

/** Whether a text can be kept and given back as it came. */
export function isWellFormedText(text: string): boolean {
  return !illFormed.test(text);
}

/** The length of a text as people count it: code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    if ((text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

/** Whether every text in a JSON value is well-formed, keys included. */
export function isWellFormedJson(value: unknown): boolean {
  if (typeof value === 'string') return isWellFormedText(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormedJson);
  for (const [key, item] of Object.entries(value)) if (!isWellFormedText(key) || !isWellFormedJson(item)) return false;
  return true;
}

export type JsonPath = readonly (string | number)[];

/** Where in a JSON value a text is ill-formed, keys included, in the order of the value. */
export function illFormedPlaces(value: unknown, at: JsonPath = []): JsonPath[] {
  if (typeof value === 'string') return isWellFormedText(value) ? [] : [at];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => illFormedPlaces(item, [...at, index]));
  return Object.entries(value).flatMap(([key, item]) =>
    isWellFormedText(key) ? illFormedPlaces(item, [...at, key]) : [[...at, key]],
  );
}

/** How many objects and arrays lie in one another: 1 for a flat object. Callers bound the depth before (the body reader does). */
export function jsonDepth(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const item of Object.values(value)) deepest = Math.max(deepest, jsonDepth(item));
  return deepest + 1;
}

/** The size of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
