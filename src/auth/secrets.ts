import { createHash, randomBytes } from 'node:crypto';

/** What a secret opens: the API for a machine, the API for a person, one feed, or the way to a first token. */
export type SecretKind = 'sk' | 'pat' | 'feed' | 'inv';

/** A secret as it is shown once, and what is stored of it. */
export interface Secret {
  readonly secret: string;
  /** What a person may see of it again: everything but the random part, and four characters of that. */
  readonly prefix: string;
  /** SHA-256 of the whole secret. */
  readonly hash: Buffer;
}

/** What a well-formed secret says about itself. It proves nothing until its hash has been found. */
export interface ParsedSecret {
  readonly kind: SecretKind;
  readonly accountSlug: string;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 40 base62 characters are 238 bits. */
const randomLength = 40;
const shownOfRandom = 4;
const longestKeySlug = 32;
/** Longer than any secret can be; anything above is refused before it is looked at. */
const longestSecret = 512;

const shapes: Record<SecretKind, RegExp> = {
  sk: /^sk_([a-z0-9-]{1,63})_[a-z0-9-]{1,63}_[0-9A-Za-z]{32,}$/,
  pat: /^pat_([a-z0-9-]{1,63})_[0-9A-Za-z]{32,}$/,
  feed: /^feed_([a-z0-9-]{1,63})_[0-9A-Za-z]{32,}$/,
  inv: /^inv_([a-z0-9-]{1,63})_[0-9A-Za-z]{32,}$/,
};

/**
 * Makes a secret: `sk_{account}_{key}_{random}`, and `pat_{account}_{random}` as well as `feed_…` and `inv_…`
 * (`2-api.md`, api-keys). Slugs hold no `_`, so that the parts cannot be mistaken for one another.
 *
 * @param keySlug only for `sk`: names the key within the account, `key` if not given
 */
export function newSecret(kind: SecretKind, accountSlug: string, keySlug = 'key'): Secret {
  const head = kind === 'sk' ? `sk_${accountSlug}_${keySlug}_` : `${kind}_${accountSlug}_`;
  return describeSecret(head + randomBase62(randomLength));
}

/** What is stored of a secret that came from elsewhere, such as `VERSIONER_API_KEY`. */
export function describeSecret(secret: string): Secret {
  const randomStart = secret.lastIndexOf('_') + 1;
  return { secret, prefix: secret.slice(0, randomStart + shownOfRandom), hash: hashSecret(secret) };
}

/** SHA-256 of the whole secret. A slow hash would add nothing: the random part cannot be guessed. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** The kind and the account of a well-formed secret (at least 32 random characters), else null. */
export function parseSecret(secret: string): ParsedSecret | null {
  if (secret.length > longestSecret) return null;
  const kind = secret.slice(0, secret.indexOf('_'));
  if (kind !== 'sk' && kind !== 'pat' && kind !== 'feed' && kind !== 'inv') return null;
  const accountSlug = shapes[kind].exec(secret)?.[1];
  return accountSlug === undefined ? null : { kind, accountSlug };
}

/** The name of a key as it stands in its secret: `[a-z0-9-]`, `key` where nothing of the name is left. */
export function toKeySlug(name: string): string {
  const words =
    name
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.join('-').slice(0, longestKeySlug).replace(/-$/, '') || 'key';
}

function randomBase62(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
      if (byte < 248 && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
