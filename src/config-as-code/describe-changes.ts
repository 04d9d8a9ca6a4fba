import type { Change, FieldChange } from './configuration.js';
import { kinds } from './kinds.js';
import { isSameJson } from './is-same-json.js';

const signs: Readonly<Record<Change['verb'], string>> = { create: '+', update: '~', remove: '-' };

/** One block for each thing that changes, for a person to read. Empty where nothing does. */
export function describeChanges(changes: readonly Change[]): string {
  return changes.map(describeChange).join('');
}

/** How many things change in each way: `2 to create, 1 to change`. */
export function countChanges(changes: readonly Change[], words: Readonly<Record<Change['verb'], string>>): string {
  const verbs = ['create', 'update', 'remove'] as const;
  return verbs
    .map((verb) => ({ verb, count: changes.filter((change) => change.verb === verb).length }))
    .filter(({ count }) => count > 0)
    .map(({ verb, count }) => `${count} ${words[verb]}`)
    .join(', ');
}

/** What a thing is called in words: `rule "friday_freeze"`. */
export function titleOf({ section, name }: Pick<Change, 'section' | 'name'>): string {
  return section === 'account' ? 'account' : `${kinds[section].noun} ${quoted(name)}`;
}

function describeChange(change: Change): string {
  const { verb, section } = change;
  const identifier = section === 'account' ? null : kinds[section].identifier;
  // What is new says its name in its title.
  const fields = change.fields.filter(({ field }) => verb !== 'create' || field !== identifier);
  const lines = [`${signs[verb]} ${titleOf(change)}`, ...fields.flatMap(describeField).map((line) => `    ${line}`)];
  return `${lines.join('\n')}\n`;
}

function describeField({ field, before, after }: FieldChange): string[] {
  return differences(field, before, after);
}

/** Down to the values that differ, where both sides are of the same shape. */
function differences(path: string, before: unknown, after: unknown): string[] {
  if (isSameJson(before, after)) return [];
  if (before === undefined) return added(path, after);
  if (isDict(before) && isDict(after)) {
    const keys = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...keys].flatMap((key) => {
      const inside = `${path}.${key}`;
      if (!Object.hasOwn(before, key)) return [`${inside}: + ${inline(after[key])}`];
      if (!Object.hasOwn(after, key)) return [`${inside}: - ${inline(before[key])}`];
      return differences(inside, before[key], after[key]);
    });
  }
  if (isListOfDicts(before) && isListOfDicts(after) && before.length === after.length) {
    return after.flatMap((item, i) => differences(`${path}[${i}]`, before[i], item));
  }
  return [`${path}: ${inline(before)} → ${inline(after)}`];
}

/** One level down, so that the parts of a configuration stand below each other. */
function added(path: string, value: unknown): string[] {
  if (!isDict(value) || Object.keys(value).length === 0) return [`${path}: ${inline(value)}`];
  return Object.entries(value).map(([key, item]) => `${path}.${key}: ${inline(item)}`);
}

/** In one line, as YAML would have it. Nothing of it moves a terminal's cursor. */
function inline(value: unknown): string {
  if (typeof value === 'string') return isPlain(value) ? value : quoted(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isDict(value)) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${inline(key)}: ${inline(item)}`);
  return `{${entries.join(', ')}}`;
}

/** Whether a text can stand without quotes, and nobody takes it for anything else. */
function isPlain(text: string): boolean {
  return (
    /^[\p{L}_](?:[\p{L}\p{N} _.@/+:-]*[\p{L}\p{N}_.@/+-])?$/u.test(text) && !/: |^(true|false|null|yes|no)$/i.test(text)
  );
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

function isDict(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfDicts(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isDict);
}
