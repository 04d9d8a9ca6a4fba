const shortest = 7;

/** Whether two SHAs name the same commit: letter case aside, a prefix of 7 or more hex digits is equal to the whole. */
export function sameSha(a: string, b: string): boolean {
  const [shorter, longer] = [a.toLowerCase(), b.toLowerCase()].sort((x, y) => x.length - y.length) as [string, string];
  if (shorter === longer) return true;
  return shorter.length >= shortest && /^[0-9a-f]+$/.test(shorter) && longer.startsWith(shorter);
}
