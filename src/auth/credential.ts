import type { Narrowing } from './narrowing.js';
import type { Caller } from './permissions.js';
import type { SecretKind } from './secrets.js';

/** A credential that is good, as the look-up found it: what a request is allowed on the strength of. */
export interface Credential extends Caller {
  readonly accountId: string;
  readonly accountSlug: string;
  readonly kind: 'api_key' | 'user';
  /** The id of the API key or of the personal access token. */
  readonly id: string;
  readonly userId: string | null;
  /** Of an API key; null: not narrowed. */
  readonly narrowing: Narrowing | null;
  /** The API key that this one was rotated from; null for any other credential. */
  readonly formerKeyId: string | null;
  /** The account's own limit; null: the service's. */
  readonly rateLimitPerMinute: number | null;
}

/** How a credential is looked up. Feed tokens open a feed, invitations one route: no bearer credentials. */
export interface CredentialKey {
  readonly kind: Exclude<SecretKind, 'feed' | 'inv'>;
  readonly accountSlug: string;
  /** SHA-256 of the whole secret. */
  readonly hash: Buffer;
}

/** What the database said about one key, and for how much longer it holds if nothing is changed. */
export interface CredentialFinding {
  readonly credential: Credential;
  /** Milliseconds until it expires, by the database's time; null: never. */
  readonly expiresInMs: number | null;
}
