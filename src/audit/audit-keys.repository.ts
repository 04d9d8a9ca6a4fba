import { generateKeyPairSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Env } from '../config/env.js';
import { privateKeyOf } from '../config/signing-key.js';
import { Prisma } from '../database/generated/client.js';
import { type AuditSigner, keyIdOf, publicBytesOf, signerOf } from './audit-signatures.js';

/** The public half of a key that has signed for an account. */
export interface AuditPublicKey {
  readonly id: string;
  readonly publicKey: Buffer;
  /** `database`: whoever can write to the database can sign with it. */
  readonly heldIn: 'environment' | 'database';
}

/** Where the seed begins in the PKCS #8 form of an Ed25519 key (RFC 8410). */
const seedAt = 16;

/** The keys that sign an account's audit log: one from outside, or one that is made when it is first needed. */
@Injectable()
export class AuditKeysRepository {
  constructor(private readonly env: Env) {}

  /** The key to sign with; its public half is on record from then on. */
  async signer(tx: Prisma.TransactionClient, accountId: string, at: Date): Promise<AuditSigner> {
    const given = this.env.auditSigningKey;
    if (given !== null) {
      const signer = signerOf(given);
      await this.keep(tx, accountId, signer.keyId, publicBytesOf(given), null, at);
      return signer;
    }
    const own = await this.ownSeed(tx, accountId);
    if (own !== null) return signerOf(privateKeyOf(own));
    const { privateKey } = generateKeyPairSync('ed25519');
    const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(seedAt);
    await this.keep(tx, accountId, signerOf(privateKey).keyId, publicBytesOf(privateKey), seed, at);
    // Of two that make one at the same time, the first has won.
    return signerOf(privateKeyOf((await this.ownSeed(tx, accountId))!));
  }

  /** Those that have signed so far. */
  async list(tx: Prisma.TransactionClient, accountId: string): Promise<AuditPublicKey[]> {
    const rows = await tx.$queryRaw<{ id: string; public_key: Uint8Array; own: boolean }[]>`
      SELECT id, public_key, private_key IS NOT NULL AS own FROM audit_signing_keys
      WHERE account_id = ${accountId}::uuid ORDER BY created_at, id`;
    const keys = rows.map(({ id, public_key, own }): AuditPublicKey => {
      return { id, publicKey: Buffer.from(public_key), heldIn: own ? 'database' : 'environment' };
    });
    // Somebody may have put another key under the name of a known one.
    return keys.filter(({ id, publicKey }) => keyIdOf(publicKey) === id);
  }

  private async ownSeed(tx: Prisma.TransactionClient, accountId: string): Promise<Uint8Array | null> {
    const rows = await tx.$queryRaw<{ private_key: Uint8Array }[]>`
      SELECT private_key FROM audit_signing_keys WHERE account_id = ${accountId}::uuid AND private_key IS NOT NULL`;
    return rows[0]?.private_key ?? null;
  }

  private async keep(
    tx: Prisma.TransactionClient,
    accountId: string,
    id: string,
    publicKey: Buffer,
    seed: Buffer | null,
    at: Date,
  ): Promise<void> {
    await tx.$executeRaw`
      INSERT INTO audit_signing_keys (account_id, id, public_key, private_key, created_at)
      SELECT ${accountId}::uuid, ${id}, decode(${publicKey.toString('hex')}, 'hex'),
        decode(${seed?.toString('hex') ?? null}::text, 'hex'), ${at}::timestamptz
      WHERE NOT EXISTS (SELECT FROM audit_signing_keys WHERE account_id = ${accountId}::uuid AND id = ${id})
      ON CONFLICT DO NOTHING`;
  }
}
