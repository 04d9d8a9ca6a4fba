/** Names as a sentence lists them: `a`, `a or b`, `a, b or c`. */
export function inWords(names: readonly string[], conjunction: 'and' | 'or'): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names.at(-1)}`;
}

/** `1 minute`, `30 minutes`. */
export function minutesInWords(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`;
}
