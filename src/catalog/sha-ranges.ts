/** What a SHA in a filter finds, as half-open ranges of lower-case strings in byte order. */
export interface ShaRanges {
  readonly low: readonly string[];
  readonly high: readonly string[];
}

const shortestPrefix = 7;

/**
 * Letter case aside, a prefix of 7 or more hex digits is equal to the whole: such a value finds every SHA that starts
 * with it and every recorded prefix of it; any other value finds itself. Ranges, because a prepared statement can look
 * them up in an index whatever the values are. They never overlap.
 */
export function shaRanges(values: readonly string[]): ShaRanges {
  const shas = [...new Set(values.map((value) => value.trim().toLowerCase()))];
  const abbreviable = shas.filter((sha) => sha.length >= shortestPrefix && /^[0-9a-f]+$/.test(sha));
  const starts = abbreviable.filter((sha) => !abbreviable.some((other) => other !== sha && sha.startsWith(other)));
  const whole = new Set([
    ...shas.filter((sha) => !abbreviable.includes(sha)),
    ...abbreviable.flatMap((sha) => properPrefixes(sha)),
  ]);
  const exact = [...whole].filter((sha) => !starts.some((start) => sha.startsWith(start)));
  return {
    low: [...starts, ...exact],
    // No text holds a NUL, so nothing lies between a string and the same with U+0001 behind it.
    high: [...starts.map((sha) => successor(sha)), ...exact.map((sha) => `${sha}\u0001`)],
  };
}

function properPrefixes(sha: string): string[] {
  return Array.from({ length: sha.length - shortestPrefix }, (_, more) => sha.slice(0, shortestPrefix + more));
}

/** The first string after all those that start with `sha`. */
function successor(sha: string): string {
  return sha.slice(0, -1) + String.fromCharCode(sha.charCodeAt(sha.length - 1) + 1);
}
