import { nameKey } from '../catalog/name-key.js';
import type { Fault } from '../common/errors/invalid.error.js';
import { readStrict } from '../common/validation/read-input.js';
import { missing, notAMember } from '../common/validation/vocabulary.js';
import type { Fields, Section, Thing } from './configuration.js';
import { kinds } from './kinds.js';
import { withoutDoubles } from '../auth/users.mapper.js';
import { isSameJson } from './is-same-json.js';

type Loc = Fault['loc'];

/** What a file says of one thing. */
export interface Entry {
  readonly loc: Loc;
  readonly item: Fields;
  /** What it is called when all is done. */
  readonly name: string;
  /** What is there of it already. */
  readonly thing: Thing | null;
  /** The fields that the file gives, but for those that only say which thing is meant. */
  readonly given: readonly string[];
  /** All its fields, those that the file leaves out as they are or as they begin; null: it is at fault. */
  readonly value: Fields | null;
}

/** The things of a section by every name that they go by; of service accounts several may go by one. */
export type ByKey = ReadonlyMap<string, readonly Thing[]>;

export function thingsByKey(section: Section, things: readonly Thing[]): ByKey {
  const byKey = new Map<string, Thing[]>();
  for (const thing of things) {
    for (const key of keysOf(section, thing.fields)) byKey.set(key, [...(byKey.get(key) ?? []), thing]);
  }
  return byKey;
}

/** Every key under which something is found, that of its present name first. */
export function keysOf(section: Section, item: Fields): string[] {
  const { identifier, former } = kinds[section];
  const names = [item[identifier], ...(former === 'aliases' && Array.isArray(item[former]) ? item[former] : [])];
  return [...new Set(names.filter((name) => typeof name === 'string').map(nameKey))];
}

/** Reads one entry beside what is there of it. None where nobody can say what it means. */
export function judgeEntry(section: Section, item: Fields, loc: Loc, byKey: ByKey, faults: Fault[]): Entry[] {
  const { dto, identifier, noun } = kinds[section];
  const before = faults.length;
  const name = item[identifier];
  const isNamed = typeof name === 'string' && name.trim() !== '';
  const found = isNamed ? findThings(section, item, byKey) : [];
  const thing = found[0] ?? null;
  if (found.length > 1) {
    const msg = `there are ${found.length} ${noun}s of this name: give each a name of its own first`;
    faults.push({ loc: [...loc, identifier], msg, type: 'value_error.ambiguous' });
  }
  faults.push(...takenFaults(section, item, loc, thing, byKey));

  const { value, faults: own } = readStrict(dto, { ...thing?.fields, ...item }, loc);
  // What stays as it is need not please this release, nor be what somebody may still ask for.
  const stays = (field: string) => thing !== null && isSame(item[field] ?? thing.fields[field], thing.fields[field]);
  faults.push(
    ...own.filter(({ loc: at }) =>
      Object.hasOwn(item, String(at[loc.length])) ? !stays(String(at[loc.length])) : thing === null,
    ),
  );
  if (!isNamed && !Object.hasOwn(item, identifier) && !own.some(({ loc: at }) => at[loc.length] === identifier)) {
    faults.push({ loc: [...loc, identifier], ...missing });
  }
  faults.push(...typeFaults(section, item, loc, thing));
  if (!isNamed) return [];

  const given = Object.keys(item).filter((field) => field !== 'formerly');
  const sound = faults.length === before ? withoutDoubledNames(value as Fields) : null;
  return [{ loc, item, name: name.trim(), thing, given, value: sound }];
}

/** What goes by the name, else by one that it had. */
function findThings(section: Section, item: Fields, byKey: ByKey): readonly Thing[] {
  const { identifier, former } = kinds[section];
  const names = [item[identifier], item[former]].flat().filter((name) => typeof name === 'string');
  for (const name of names) {
    const found = byKey.get(nameKey(name));
    if (found !== undefined) return found;
  }
  return [];
}

/** A name belongs to one thing, whatever else it is called now. */
function takenFaults(section: Section, item: Fields, loc: Loc, own: Thing | null, byKey: ByKey): Fault[] {
  const { former, identifier, noun } = kinds[section];
  const aliases = item[former];
  if (former !== 'aliases' || !Array.isArray(aliases)) return [];
  return aliases.flatMap((alias: unknown, i) => {
    const holder = typeof alias === 'string' ? byKey.get(nameKey(alias))?.[0] : undefined;
    if (holder === undefined || holder === own) return [];
    const msg = `belongs to the ${noun} ${JSON.stringify(holder.fields[identifier])} already`;
    return [{ loc: [...loc, former, i], msg, type: 'value_error.taken' }];
  });
}

function typeFaults(section: Section, item: Fields, loc: Loc, thing: Thing | null): Fault[] {
  const type = thing?.fields['type'];
  if (section !== 'rules' || typeof item['type'] !== 'string' || thing === null || item['type'] === type) return [];
  const { msg, type: kind } = notAMember([String(type)]);
  return [{ loc: [...loc, 'type'], msg: `${msg}: a rule keeps the type with which it was created`, type: kind }];
}

function isSame(one: unknown, other: unknown): boolean {
  return other !== undefined && isSameJson(one, other);
}

/** As the API keeps them. */
function withoutDoubledNames(value: Fields): Fields {
  const lists = ['approver_roles', 'logins'].filter((field) => Array.isArray(value[field]));
  return { ...value, ...Object.fromEntries(lists.map((field) => [field, withoutDoubles(value[field] as string[])])) };
}
