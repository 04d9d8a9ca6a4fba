import { isAccountId, isSlug } from '../common/account-names.js';
import { auditFormat, firstPreviousHash } from './audit-chain.js';
import type { ExportStatement } from './audit-signatures.js';
import { canonicalMembers } from './canonical-json.js';
import type { VerifiedSeal, VerifiedStub } from './chain-verifier.js';

/** A file that is no export of an audit log at all. */
export class NoExportError extends Error {}

/** A line that is not written as an export writes it. */
export class NoLineError extends Error {}

/** The first line of an export, as far as a verification needs it. */
export interface ExportHeader {
  readonly account_id: string;
  readonly account: string;
  readonly first_seq: number;
  readonly previous_hash: string;
  /** The 32 bytes of each. */
  readonly publicKeys: readonly Uint8Array[];
}

export type ExportFooter = Omit<ExportStatement, 'kind' | 'account_id'> & {
  readonly key: string;
  readonly signature: string;
};

/** A link as a line tells it; the entry itself is taken from the text of the line. */
export interface LinkLine {
  readonly seq: number;
  readonly entry_hash: string;
  readonly hash: string;
  readonly entry_id: string | null;
}

type Check = (value: unknown) => boolean;

const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const seq: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 1;
const hash = matching(/^[0-9a-f]{64}$/);
const time = matching(/^[-+\d:.TZ]{1,40}$/);
const signed = { key: matching(/^[0-9a-f]{32}$/), signature: matching(/^[0-9a-f]{128}$/) };
const link = { seq, entry_hash: hash, hash };

const seal: Record<keyof VerifiedSeal, Check> = {
  first_seq: seq,
  seq,
  hash,
  oldest_at: time,
  newest_at: time,
  sealed_at: time,
  ...signed,
};
const stub: Record<keyof VerifiedStub, Check> = {
  first_seq: seq,
  last_seq: seq,
  previous_hash: hash,
  hash,
  newest_at: time,
  removed_at: time,
  ...signed,
};
const footer: Record<keyof ExportFooter, Check> = {
  account: isSlug,
  first_seq: seq,
  previous_hash: hash,
  exported_at: time,
  entries: count,
  unsealed: count,
  unsealed_hash: hash,
  seq: count,
  hash,
  ...signed,
};

type Line = Readonly<Record<string, unknown>>;

/** The members that a line of each type has, no more and no fewer. @throws NoLineError for any other */
export const exportLines = {
  seal: (line: Line) => checked<VerifiedSeal>(line, seal),
  stub: (line: Line) => checked<VerifiedStub>(line, stub),
  footer: (line: Line) => checked<ExportFooter>(line, footer),
  entry: (line: Line) => checked<Omit<LinkLine, 'entry_id'> & { entry: object }>(line, { ...link, entry: isObject }),
  missing: (line: Line) => checked<LinkLine>(line, { ...link, entry_id: (id) => id === null || isAccountId(id) }),
  unsealed: (line: Line) => checked<{ entry: object }>(line, { entry: isObject }),
} as const;

/** @throws NoExportError for a line that is not the header of an export */
export function readExportHeader(text: string): ExportHeader {
  const header = membersOf(text);
  if (header['type'] !== 'header' || header['format'] !== auditFormat) {
    throw new NoExportError(`The first line is not the header of an export (${auditFormat})`);
  }
  const { account_id, account, first_seq, previous_hash, keys } = header;
  const require = (isSound: boolean, what: string) => {
    if (!isSound) throw new NoExportError(`The header of the export has no sound ${what}`);
  };
  require(isAccountId(account_id), 'account_id');
  require(isSlug(account), 'account');
  require(seq(first_seq), 'first_seq');
  const start = firstPreviousHash(account_id as string).toString('hex');
  require(hash(previous_hash) && (first_seq !== 1 || previous_hash === start), 'previous_hash');
  require(Array.isArray(keys), 'keys');
  const publicKeys = (keys as unknown[]).map((key) => {
    const text64 = isObject(key) ? (key as { public_key?: unknown }).public_key : null;
    const bytes = Buffer.from(typeof text64 === 'string' ? text64 : '', 'base64');
    require(bytes.length === 32, 'keys');
    return bytes;
  });
  return { account_id, account, first_seq, previous_hash, publicKeys } as ExportHeader;
}

function membersOf(text: string): Line {
  try {
    return Object.fromEntries([...canonicalMembers(text)].map(([name, value]) => [name, JSON.parse(value) as unknown]));
  } catch {
    throw new NoExportError('The first line is not an object in JSON');
  }
}

function checked<Members>(line: Line, checks: Readonly<Record<keyof Members, Check>>): Members {
  const unknown = Object.keys(line).find((name) => !Object.hasOwn(checks, name));
  if (unknown !== undefined) throw new NoLineError(`It has a member "${unknown}", which no such line has`);
  const unsound = Object.entries<Check>(checks).find(([name, check]) => !check(line[name]));
  if (unsound !== undefined) throw new NoLineError(`It has no sound "${unsound[0]}"`);
  return line as Members;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
