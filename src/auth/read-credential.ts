import type { IncomingMessage } from 'node:http';
import { hashSecret, parseSecret } from './secrets.js';
import type { CredentialKey } from './credential.js';
import { isJwtShaped } from './single-sign-on/jwt-shape.js';

/** An access token of the OpenID Connect issuer, as it came. */
export interface PresentedToken {
  readonly kind: 'jwt';
  readonly token: string;
}

type PresentsCredential = Pick<IncomingMessage, 'headers' | 'url'>;

/** Parameters in which clients of other services put credentials. */
const credentialParameters = new Set(['token', 'access_token', 'api_key', 'apikey', 'authorization']);

/**
 * The credential that a request presents as `Authorization: Bearer …` (RFC 6750, section 2.1; the scheme in any letter
 * case), or null where there is none, it is malformed, or a credential stands in the query string: those end in the
 * logs of every proxy on the way, so none is accepted, nor is a good header beside it.
 */
export function readCredential(request: PresentsCredential): CredentialKey | PresentedToken | null {
  const secret = readBearer(request);
  if (secret !== null && isJwtShaped(secret)) return { kind: 'jwt', token: secret };
  const parsed = secret === null ? null : parseSecret(secret);
  if (secret === null || parsed === null || parsed.kind === 'feed' || parsed.kind === 'inv') return null;
  return { kind: parsed.kind, accountSlug: parsed.accountSlug, hash: hashSecret(secret) };
}

/** What a request presents as `Authorization: Bearer …`, as it came, whatever it is; null as for `readCredential`. */
export function readBearer(request: PresentsCredential): string | null {
  if (hasCredentialInQuery(request.url ?? '')) return null;
  const header = request.headers.authorization ?? '';
  return header.slice(0, 7).toLowerCase() === 'bearer ' ? header.slice(7).trim() : null;
}

function hasCredentialInQuery(url: string): boolean {
  const start = url.indexOf('?');
  if (start === -1) return false;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (credentialParameters.has(name.toLowerCase()) || parseSecret(value) !== null || isJwtShaped(value)) return true;
  }
  return false;
}
