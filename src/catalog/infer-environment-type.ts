import { asRead } from './name-key.js';

/** What an environment is for, in the order in which a version usually passes through. */
export const environmentTypes = ['dev', 'test', 'staging', 'production', 'other'] as const;
export type EnvironmentType = (typeof environmentTypes)[number];

/** Tried first, because they contain the word for production and mean that it is not. */
const prefixed: readonly (readonly [RegExp, EnvironmentType])[] = [
  [/(?<!\p{L})pre[-_ ]?prod/u, 'staging'],
  [/(?<!\p{L})non[-_ ]?prod/u, 'test'],
];

/** Whole words, the first row that has one decides: what might be production is production. */
const words: readonly (readonly [EnvironmentType, readonly string[]])[] = [
  ['production', ['production', 'prod', 'live', 'prd']],
  ['staging', ['staging', 'stage', 'stg', 'uat']],
  ['test', ['test', 'testing', 'qa', 'integration', 'int']],
  ['dev', ['dev', 'development', 'local', 'sandbox']],
];

/**
 * The type of an environment that is seen for the first time, by its name as people read it, letter case ignored. Words
 * end at whatever is neither letter nor digit, at a change of case, and between letters and digits: `prod1` and `EUProd` are production,
 * `preprod` is staging, `products` is other.
 */
export function inferEnvironmentType(name: string): EnvironmentType {
  const readings = spaceWords(asRead(name));
  for (const [pattern, type] of prefixed) {
    if (readings.some((reading) => pattern.test(reading))) return type;
  }
  const found = new Set(readings.flatMap((reading) => reading.split(/[^\p{L}\p{M}\p{N}]+/u)));
  return words.find(([, list]) => list.some((word) => found.has(word)))?.[0] ?? 'other';
}

/**
 * The name in lower case with its words set apart, in both readings of capitals followed by small letters: `USProd`
 * is `us prod`, `QAeu` is `qa eu`.
 */
function spaceWords(name: string): string[] {
  const spaced = name.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').replace(/(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/gu, ' ');
  const capitalised = spaced.replace(/(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ');
  const acronym = spaced.replace(/(?<=\p{Lu}{2})(?=\p{Ll})/gu, ' ');
  return [spaced, capitalised, acronym].map((reading) => reading.toLowerCase());
}
