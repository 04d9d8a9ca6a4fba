import { createHash } from 'node:crypto';
import type { CredentialKey } from '../credential.js';
import type { MappedRoles } from './map-groups.js';
import type { Profile } from './profile.js';

/** What a token that is good says: who signs on, to which account, and what their groups make of them. */
export interface SignOn {
  readonly accountSlug: string;
  readonly issuer: string;
  readonly subject: string;
  /** Whole seconds, as the issuer counts. */
  readonly issuedAt: Date;
  /** From then on the token is no good. */
  readonly expiresAt: Date;
  readonly mapped: MappedRoles;
  readonly profile: Profile;
  /** How the person is found as a credential. */
  readonly key: CredentialKey;
}

/**
 * How somebody at an issuer is found: by the hash of who they are and where, as a token is found by the hash of its secret. No
 * token has that hash, since what is hashed here is not of a token's shape. It is no secret, and opens nothing: only a
 * verified token leads here.
 */
export function signOnKey(accountSlug: string, issuer: string, subject: string): CredentialKey {
  const who = JSON.stringify(['OpenID Connect', accountSlug, issuer, subject]);
  const hash = createHash('sha256').update(who, 'utf8').digest();
  return { kind: 'pat', accountSlug, hash };
}
