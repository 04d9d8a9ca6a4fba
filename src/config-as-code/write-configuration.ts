import { Document } from 'yaml';
import { type Configuration, type Fields, type Section, sections } from './configuration.js';
import { accountFields, fieldNames, kinds } from './kinds.js';

const header = ` The configuration of a Versioner account. See what it would change, then apply it:

   npm run admin -- apply FILE --dry-run
   npm run admin -- apply FILE

 What a file does not say stays as it is. It holds no key, no token and nothing that pipelines have reported.`;

/** Left out where they say nothing. */
const optional = new Set(['description', 'message', 'metadata', 'aliases', 'type']);

/** The file that says what there is: of two services that hold the same, the same file to the byte. */
export function writeConfiguration(configuration: Configuration): string {
  const content: Record<string, unknown> = { account: pick(configuration.account, accountFields) };
  const left: string[] = [];
  for (const section of sections) content[section] = entriesOf(section, configuration, left);
  const document = new Document(content, {
    version: '1.2',
    schema: 'core',
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
  });
  document.commentBefore = [header, ...left].join('\n\n');
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function entriesOf(section: Section, configuration: Configuration, left: string[]): Fields[] {
  const kind = kinds[section];
  const names = fieldNames(kind);
  const there = configuration[section].filter(({ fields }) => !isGone(fields));
  const count = new Map<unknown, number>();
  for (const { fields } of there) count.set(keyOf(fields), (count.get(keyOf(fields)) ?? 0) + 1);

  function keyOf(fields: Fields): unknown {
    return String(fields[kind.identifier]).toLowerCase();
  }
  const doubled = there.filter(({ fields }) => count.get(keyOf(fields))! > 1);
  if (doubled.length > 0) {
    left.push(` Left out, since ${doubled.length} ${kind.noun}s share their names with others.`);
  }
  return there
    .filter((thing) => !doubled.includes(thing))
    .map(({ fields }) => fields)
    .sort(inOrder(section))
    .map((fields) => pick(fields, names));
}

/** Nobody who left, and nothing that was archived. */
function isGone({ archived, deactivated }: Fields): boolean {
  return archived === true || deactivated === true;
}

function inOrder(section: Section): (one: Fields, other: Fields) => number {
  const { identifier } = kinds[section];
  const byName = (one: Fields, other: Fields) => compare(String(one[identifier]), String(other[identifier]));
  if (section !== 'environments') return byName;
  return (one, other) => Number(one['position']) - Number(other['position']) || byName(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function pick(fields: Fields, names: readonly string[]): Fields {
  const kept = names.filter(
    (name) => fields[name] !== undefined && name !== 'deactivated' && !isSilent(name, fields[name]),
  );
  return Object.fromEntries(kept.map((name) => [name, fields[name]]));
}

function isSilent(name: string, value: unknown): boolean {
  return optional.has(name) && (value === null || (typeof value === 'object' && Object.keys(value).length === 0));
}
