import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { badCharacter, extra, missing, notAText } from '../common/validation/vocabulary.js';
import type { Fault } from '../common/errors/invalid.error.js';
import { isWellFormedText } from '../common/validation/text.js';

/** Where something stands in a file, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong, where, and about which key of the file; an empty path: about the file as a whole. */
export interface PlacedFault extends Place {
  readonly path: string;
  readonly message: string;
}

/** A file that can be read, and how to tell where in it something is wrong. */
export interface YamlFile {
  readonly json: unknown;
  /** The same faults with their places, in the order of the file. */
  place(faults: readonly Fault[]): readonly PlacedFault[];
}

export type YamlReading = { readonly file: YamlFile } | { readonly faults: readonly PlacedFault[] };

export const maxFileBytes = 5 * 1024 * 1024;

/** How much anchors may add up to: what is named again counts again, so that ten lines cannot become ten gigabytes. */
const maxAliasCount = 10_000;
const maxValues = 1_000_000;

const bounded = `anchors and aliases add up to more than can be read: write out what they stand for`;

/**
 * Reads one document of YAML 1.2 (core schema: `no` and `on` are texts, `1.10` is a number). What JSON cannot say is a
 * fault, and nothing is guessed.
 */
export function readYaml(bytes: Uint8Array): YamlReading {
  const start = { line: 1, column: 1, path: '' };
  if (bytes.length > maxFileBytes) return { faults: [{ ...start, message: 'the file is larger than 5 MiB' }] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { faults: [{ ...start, message: 'the file is not UTF-8' }] };
  }
  try {
    return read(text);
  } catch (error) {
    // The parser calls itself for each level.
    if (error instanceof RangeError) return { faults: [{ ...start, message: 'the file is nested too deep' }] };
    throw error;
  }
}

function read(text: string): YamlReading {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: 'error',
  });
  const errors = [...document.errors, ...document.warnings].map(({ pos, code, message }) => {
    return { ...placeAt(pos[0]), path: '', message: own[code] ?? inOneLine(message) };
  });
  const { version } = document.directives?.yaml ?? { version: '1.2' };
  if (version !== '1.2') errors.push({ ...placeAt(0), path: '', message: `YAML ${version}; allowed: YAML 1.2` });
  if (errors.length > 0) return { faults: inOrder(errors) };
  const unsayable = judgeNodes(document).map(({ offset, message }) => ({ ...placeAt(offset), path: '', message }));
  if (unsayable.length > 0) return { faults: inOrder(unsayable) };

  let json: unknown;
  try {
    json = document.toJS({ maxAliasCount });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { faults: [{ ...placeAt(0), path: '', message: bounded }] };
  }
  if (countValues(json, maxValues) > maxValues) return { faults: [{ ...placeAt(0), path: '', message: bounded }] };
  const place = (fault: Fault): PlacedFault => {
    const { offset, node } = find(document, fault);
    return { ...placeAt(offset), path: toPath(fault.loc), message: fault.msg + hint(fault, node) };
  };
  return { file: { json, place: (faults) => inOrder(faults.map(place)) } };
}

const own: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here; allowed: one document in a file',
  RESOURCE_EXHAUSTION: 'this is nested too deep',
  TAB_AS_INDENT: 'a tab indents this line; allowed: spaces',
};

function inOneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim();
}

interface NodeFault {
  readonly offset: number;
  readonly message: string;
}

const sayable = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`));

/** What JSON cannot say, or not without loss. */
function judgeNodes(document: Document): NodeFault[] {
  const faults: NodeFault[] = [];
  const anchors = new Map<string, Node>();
  const refuse = (node: unknown, message: string): void => void faults.push({ offset: offsetOf(node), message });
  visit(document, {
    Pair: (_, { key }) => {
      if (!isScalar(key)) refuse(key, 'a key must be a plain text');
    },
    Alias: (_, alias) => {
      const anchored = anchors.get(alias.source);
      if (anchored === undefined) refuse(alias, `there is no anchor &${alias.source} before this alias`);
      else if (offsetOf(alias) < endOf(anchored)) refuse(alias, `the anchor &${alias.source} contains itself`);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (node.tag !== undefined && !sayable.has(node.tag)) refuse(node, `the tag ${node.tag} has no meaning here`);
      const value = isScalar(node) ? node.value : null;
      if (typeof value !== 'number') return;
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        refuse(
          node,
          `${String((node as Scalar).source)} cannot be kept as a number: write it in quotes if it is a text`,
        );
      }
    },
  });
  return faults;
}

/** Stops counting past the limit. */
function countValues(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const item of Object.values(value)) {
    count += countValues(item, limit - count);
    if (count > limit) break;
  }
  return count;
}

/** What the fault is about; what is missing is missing from what holds it. */
function find(document: Document, { loc, type }: Fault): { offset: number; node: unknown } {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [depth, step] of loc.entries()) {
    const isLast = depth === loc.length - 1;
    const holder = isAlias(node) ? node.resolve(document) : node;
    if (isMap(holder)) {
      const pair = holder.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return { offset, node: null };
      const value = pair.value as Node | null;
      const isAboutKey = isLast && (type === extra.type || type === badCharacter.type);
      const isEmpty = value === null || (isScalar(value) && value.source === '');
      offset = offsetOf(isAboutKey || isEmpty || type === missing.type ? pair.key : value);
      node = value;
    } else if (isSeq(holder) && typeof step === 'number') {
      node = holder.items[step];
      offset = node === undefined ? offset : offsetOf(node);
    } else {
      return { offset, node: null };
    }
  }
  return { offset, node };
}

/** Who is told that a text is expected often does not see that YAML has read a number. */
function hint({ msg }: Fault, node: unknown): string {
  if (msg !== notAText.msg || !isScalar(node)) return '';
  const { value, source } = node;
  if (value === null || typeof value === 'string' || source === undefined || !isWellFormedText(source)) return '';
  return `, and this is a ${typeof value}: write it in quotes, "${source}"`;
}

/** `rules[2].config.windows[0].start_time`. */
export function toPath(loc: Fault['loc']): string {
  return loc
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      const plain = /^[\w-]+$/.test(step) ? step : JSON.stringify(step);
      return i === 0 ? plain : `.${plain}`;
    })
    .join('');
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

function endOf(node: unknown): number {
  return (node as Node | null)?.range?.[1] ?? 0;
}

function inOrder(faults: readonly PlacedFault[]): readonly PlacedFault[] {
  const sorted = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
  // The parser says of each level that is open at the end of the file that it is.
  return sorted.filter((fault, i) => !isDeepStrictEqual(fault, sorted[i - 1]));
}
