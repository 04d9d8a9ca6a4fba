import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { auditFormat } from './audit-chain.js';
import { canonicalJson } from './canonical-json.js';

/** Signs the ends of the chain. */
export interface AuditSigner {
  readonly keyId: string;
  sign(statement: SignedStatement): Buffer;
}

/** The signed end of a batch of links. Hashes are hexadecimal, times as on the wire. */
export interface SealStatement {
  readonly kind: 'seal';
  readonly account_id: string;
  readonly first_seq: number;
  readonly seq: number;
  readonly hash: string;
  readonly oldest_at: string;
  readonly newest_at: string;
  readonly sealed_at: string;
}

/** What is left of a range that retention has removed. */
export interface StubStatement {
  readonly kind: 'stub';
  readonly account_id: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly previous_hash: string;
  readonly hash: string;
  readonly newest_at: string;
  readonly removed_at: string;
}

/** The end of an export: that nothing was cut off or put before it after it was written. */
export interface ExportStatement {
  readonly kind: 'export';
  readonly account_id: string;
  /** The slug. */
  readonly account: string;
  readonly exported_at: string;
  readonly entries: number;
  readonly unsealed: number;
  /** Of the hashes of the entries that are not sealed, in their order. */
  readonly unsealed_hash: string;
  /** Where it begins, and the hash before that. */
  readonly first_seq: number;
  readonly previous_hash: string;
  readonly seq: number;
  readonly hash: string;
}

export type SignedStatement = SealStatement | StubStatement | ExportStatement;

/** DER in front of the 32 bytes of a public Ed25519 key (RFC 8410). */
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The 32 bytes of the public half of an Ed25519 key. */
export function publicBytesOf(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
}

/** What a key is called: the beginning of the SHA-256 of its public half. */
export function keyIdOf(publicBytes: Uint8Array): string {
  return createHash('sha256').update(publicBytes).digest('hex').slice(0, 32);
}

export function signerOf(privateKey: KeyObject): AuditSigner {
  return {
    keyId: keyIdOf(publicBytesOf(privateKey)),
    sign: (statement) => sign(null, messageOf(statement), privateKey),
  };
}

/** Whether the signature under the statement is that key's. */
export function isSignedBy(publicBytes: Uint8Array, statement: SignedStatement, signature: Uint8Array): boolean {
  if (publicBytes.length !== 32) return false;
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicBytes]), format: 'der', type: 'spki' });
  return verify(null, messageOf(statement), key, signature);
}

function messageOf(statement: SignedStatement): Buffer {
  return Buffer.from(canonicalJson(JSON.stringify({ format: auditFormat, ...statement })));
}
