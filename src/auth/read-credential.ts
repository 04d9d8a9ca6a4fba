import type { IncomingMessage } from 'node:http';
import { hashSecret, parseSecret } from './secrets.js';
import type { CredentialKey } from './credential.js';

/** Parameters in which clients of other services put credentials. */
const credentialParameters = new Set(['token', 'access_token', 'api_key', 'apikey', 'authorization']);

/**
 * The credential that a request presents as `Authorization: Bearer …` (RFC 6750, section 2.1; the scheme in any letter
 * case), or null where there is none, it is malformed, or a credential stands in the query string: those end in the
 * logs of every proxy on the way, so none is accepted, nor is a good header beside it.
 */
export function readCredential(request: Pick<IncomingMessage, 'headers' | 'url'>): CredentialKey | null {
  if (hasCredentialInQuery(request.url ?? '')) return null;
  const header = request.headers.authorization ?? '';
  if (header.slice(0, 7).toLowerCase() !== 'bearer ') return null;
  const secret = header.slice(7).trim();
  const parsed = parseSecret(secret);
  if (parsed === null || parsed.kind === 'feed') return null;
  return { kind: parsed.kind, accountSlug: parsed.accountSlug, hash: hashSecret(secret) };
}

function hasCredentialInQuery(url: string): boolean {
  const start = url.indexOf('?');
  if (start === -1) return false;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    if (credentialParameters.has(name.toLowerCase()) || parseSecret(value) !== null) return true;
  }
  return false;
}
