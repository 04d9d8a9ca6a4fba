import { createPrivateKey, type KeyObject } from 'node:crypto';
import { BadValue, type Variable } from './variable.js';

/** DER in front of the 32 bytes of an Ed25519 seed (RFC 8410). */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key to sign with: PKCS #8 as PEM, or its 32 bytes in base64. */
export function signingKey({ name, description }: { name: string; description: string }): Variable<KeyObject | null> {
  return {
    name,
    description,
    allowed: 'an Ed25519 private key as PEM (PKCS #8), or its 32 bytes in base64',
    shownDefault: 'none',
    secret: true,
    absent: () => null,
    parse: (text) => (text.includes('-----') ? readPem(text) : readSeed(text)),
  };
}

function readPem(text: string): KeyObject {
  let key: KeyObject;
  try {
    // Some files of variables hold one line only.
    key = createPrivateKey(text.replaceAll('\\n', '\n'));
  } catch {
    throw new BadValue('is no private key in PEM');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new BadValue('is a key of another kind');
  return key;
}

function readSeed(text: string): KeyObject {
  const seed = /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (seed.length !== 32) throw new BadValue('is not 32 bytes in base64');
  return privateKeyOf(seed);
}

/** The Ed25519 key of a seed of 32 bytes. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([seedPrefix, seed]), format: 'der', type: 'pkcs8' });
}
