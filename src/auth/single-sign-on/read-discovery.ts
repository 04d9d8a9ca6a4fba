import { isLoopback } from '../../config/single-sign-on.variables.js';

/** Where an issuer has what is needed here (OpenID Connect Discovery 1.0, section 3). */
export interface Discovery {
  readonly keysUrl: string;
  /** Null: it has none that may be used. */
  readonly userinfoUrl: string | null;
}

/** Where an issuer's discovery document lies (section 4.1). */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
}

/**
 * Reads a discovery document.
 * @throws if it is another issuer's, or names no address for the keys that is as safe as the issuer's own
 */
export function readDiscovery(body: unknown, issuer: string): Discovery {
  const { issuer: named, jwks_uri, userinfo_endpoint } = (body ?? {}) as Readonly<Record<string, unknown>>;
  // Section 4.3: else the keys of one issuer would vouch for the tokens of another.
  if (named !== issuer) throw new Error(`its document names the issuer ${JSON.stringify(named)?.slice(0, 200)}`);
  const keysUrl = safeUrl(jwks_uri, issuer);
  if (keysUrl === null) throw new Error('its document has no jwks_uri that may be used');
  return { keysUrl, userinfoUrl: safeUrl(userinfo_endpoint, issuer) };
}

/** An https URL; on this machine also http, where the issuer itself is on it. */
function safeUrl(value: unknown, issuer: string): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.protocol === 'https:') return value;
  return url.protocol === 'http:' && issuer.startsWith('http:') && isLoopback(url) ? value : null;
}
