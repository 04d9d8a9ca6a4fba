import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** The first words of what is hashed and signed: another way to do it gets another name. */
export const auditFormat = 'versioner-audit-v1';

/** An entry of the audit log as the database holds it; JSON as the text that PostgreSQL writes. */
export interface StoredEntry {
  readonly account_id: string;
  readonly id: string;
  /** As on the wire; null where no such time can be written. */
  readonly at: string | null;
  readonly actor_kind: string;
  readonly user_id: string | null;
  readonly api_key_id: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What is hashed of an entry, and what an export carries of it: all that the database holds, as canonical JSON. */
export function canonicalEntry(entry: StoredEntry): string {
  const members: readonly (readonly [keyof StoredEntry, string])[] = [
    ['account_id', JSON.stringify(entry.account_id)],
    ['action', JSON.stringify(entry.action)],
    ['actor_kind', JSON.stringify(entry.actor_kind)],
    ['address', JSON.stringify(entry.address)],
    ['after', entry.after === null ? 'null' : canonicalJson(entry.after)],
    ['api_key_id', JSON.stringify(entry.api_key_id)],
    ['at', JSON.stringify(entry.at)],
    ['before', entry.before === null ? 'null' : canonicalJson(entry.before)],
    ['id', JSON.stringify(entry.id)],
    ['request_id', JSON.stringify(entry.request_id)],
    ['resource_id', JSON.stringify(entry.resource_id)],
    ['resource_type', JSON.stringify(entry.resource_type)],
    ['user_id', JSON.stringify(entry.user_id)],
  ];
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}

/** @param canonical from `canonicalEntry`, or `canonicalJson` of an exported entry */
export function hashEntry(canonical: string): Buffer {
  return sha256(canonical);
}

/** What stands in for the hash before the first link of an account's chain. */
export function firstPreviousHash(accountId: string): Buffer {
  return sha256(`${auditFormat}:${accountId}`);
}

/** The hash of a link: SHA-256 of the hash before it, its number (8 bytes, big-endian) and the hash of its entry. */
export function hashLink(previous: Uint8Array, seq: number, entryHash: Uint8Array): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(seq));
  return sha256(Buffer.concat([previous, number, entryHash]));
}

/** In one go: an object for each hash, and memory outside of the heap, would be freed late where there are many. */
function sha256(data: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', data, 'hex'), 'hex');
}
