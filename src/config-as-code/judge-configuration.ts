import { UpdateAccountDto } from '../accounts/account.dto.js';
import { nameKey } from '../catalog/name-key.js';
import type { Fault } from '../common/errors/invalid.error.js';
import { readStrict } from '../common/validation/read-input.js';
import { extra, notADict, notNull } from '../common/validation/vocabulary.js';
import type { Change, Configuration, FieldChange, Fields, Judgement, Section } from './configuration.js';
import { sections } from './configuration.js';
import { judgeAdmins } from './judge-admins.js';
import { type Entry, judgeEntry, keysOf, thingsByKey } from './judge-entry.js';
import { accountFields, kinds } from './kinds.js';
import { namer, withNames } from './with-names.js';
import { isSameJson } from './is-same-json.js';

/** How many rules there may be, when all is done. */
export interface Limits {
  readonly mostRules: number;
}

/**
 * What must happen so that the service is as a file says, and everything that is wrong with the file. What the file does
 * not name stays as it is, or where `prune` asks for it is removed from the sections that the file has.
 */
export function judgeConfiguration(
  json: unknown,
  present: Configuration,
  { prune, mostRules }: Limits & { readonly prune: boolean },
): Judgement {
  if (!isDict(json)) return { changes: [], faults: [{ loc: [], ...(json === null ? empty : notADict) }] };
  const faults: Fault[] = Object.keys(json)
    .filter((key) => key !== 'account' && !sections.includes(key as Section))
    .map((key) => ({ loc: [key], ...extra }));
  const changes: Change[] = 'account' in json ? judgeAccount(json['account'], present.account, faults) : [];
  for (const section of sections) {
    if (section in json) changes.push(...judgeSection(section, json[section], present, prune, faults));
  }
  faults.push(...judgeAdmins(changes, present.people), ...judgeNumber(changes, present, mostRules));
  return { changes, faults };
}

const empty = { msg: 'the file is empty', type: 'value_error.missing' };

function judgeAccount(json: unknown, present: Fields, faults: Fault[]): Change[] {
  const { value, faults: own } = readStrict(UpdateAccountDto, json, ['account']);
  faults.push(...own);
  if (own.length > 0) return [];
  const fields = differences(accountFields, present, value as Fields);
  const named = { section: 'account', id: null, name: '', loc: ['account'] } as const;
  return fields.length === 0 ? [] : [{ verb: 'update', ...named, fields, wanted: wantedOf(fields) }];
}

function judgeSection(
  section: Section,
  json: unknown,
  present: Configuration,
  prune: boolean,
  faults: Fault[],
): Change[] {
  if (!Array.isArray(json)) {
    faults.push({ loc: [section], ...(json === null ? notNull : notAList) });
    return [];
  }
  const kind = kinds[section];
  const things = present[section];
  const byKey = thingsByKey(section, things);
  const entries = json.flatMap((item: unknown, i): Entry[] => {
    const loc = [section, i];
    if (isDict(item)) return judgeEntry(section, item, loc, byKey, faults);
    faults.push({ loc, ...(item === null ? notNull : notADict) });
    return [];
  });
  faults.push(...judgeDoubles(section, entries));

  const [product, environment] = [namer(present.products), namer(present.environments)];
  const changes = entries.flatMap(({ thing, name, loc, given, value: read }): Change[] => {
    if (read === null) return [];
    const value = section === 'rules' ? withNames(read, product, environment) : read;
    if (thing === null) {
      // Nobody is made in order to be deactivated at once.
      if (value['deactivated'] === true) return [];
      const fields = given.map((field) => ({ field, before: undefined, after: value[field] }));
      return [{ verb: 'create', section, id: null, name, fields, wanted: value, loc }];
    }
    const fields = differences([...given, ...implied(thing.fields)], thing.fields, { ...value, archived: false });
    const called = String(thing.fields[kind.identifier]);
    const wanted = wantedOf(fields);
    return fields.length === 0 ? [] : [{ verb: 'update', section, id: thing.id, name: called, fields, wanted, loc }];
  });
  if (!prune || !kind.prunable) return changes;
  const named = new Set(entries.map(({ thing }) => thing?.id));
  return [
    ...changes,
    ...things
      .filter(({ id, fields }) => !named.has(id) && fields['archived'] !== true)
      .map(({ id, fields }): Change => {
        return { verb: 'remove', section, id, name: String(fields[kind.identifier]), fields: [], wanted: {}, loc: [] };
      }),
  ];
}

const notAList = { msg: 'value is not a valid list', type: 'type_error.list' };

/** What is named is there: a product that was archived comes back. */
function implied(fields: Fields): string[] {
  return 'archived' in fields ? ['archived'] : [];
}

/** Two entries that mean the same thing, and names that two of them want. */
function judgeDoubles(section: Section, entries: readonly Entry[]): Fault[] {
  const { noun, identifier, former } = kinds[section];
  const firstOf = new Map<string, Entry>();
  return entries.flatMap((entry) => {
    const keys = keysOf(section, entry.item);
    const own = [...(entry.thing === null ? [] : [`id ${entry.thing.id}`]), ...keys.map((key) => `key ${key}`)];
    const other = own.map((one) => firstOf.get(one)).find((one) => one !== undefined);
    for (const one of own) if (!firstOf.has(one)) firstOf.set(one, entry);
    if (other === undefined) return [];
    const isNamed = keys[0] === keysOf(section, other.item)[0] || (entry.thing !== null && other.thing === entry.thing);
    const field = isNamed ? identifier : former;
    const msg = `the same ${noun} as ${section}[${String(other.loc[1])}], ${JSON.stringify(other.name)}`;
    return [{ loc: [...entry.loc, field], msg, type: 'value_error.listed_twice' }];
  });
}

function differences(names: readonly string[], before: Fields, after: Fields): FieldChange[] {
  return names
    .filter((field) => after[field] !== undefined)
    .map((field) => ({ field, before: before[field], after: withKept(field, before[field], after[field]) }))
    .filter((one) => !isSameJson(one.before, one.after));
}

function wantedOf(changes: readonly FieldChange[]): Fields {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}

/** Names under which something was known are only ever added: what goes by them would lose it. */
function withKept(field: string, before: unknown, after: unknown): unknown {
  if (field !== 'aliases') return after;
  const kept = before as string[];
  const keys = new Set(kept.map(nameKey));
  return [...kept, ...(after as string[]).filter((alias) => !keys.has(nameKey(alias)))];
}

function judgeNumber(changes: readonly Change[], present: Configuration, mostRules: number): Fault[] {
  const ofRules = changes.filter(({ section }) => section === 'rules');
  const count = (verb: Change['verb']) => ofRules.filter((change) => change.verb === verb).length;
  const number = present.rules.length + count('create') - count('remove');
  if (count('create') === 0 || number <= mostRules) return [];
  const msg = `makes ${number} rules; an account may have ${mostRules}`;
  return [{ loc: ['rules'], msg, type: 'value_error.list.max_items' }];
}

function isDict(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
