import { type Claims } from './read-claim.js';

/** What a token must say to be of use here. */
export interface Expected {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly toleranceSeconds: number;
}

/** Why a token is refused. `kind` is one of a few; `told` says what an operator needs to find the cause. */
export interface Refusal {
  readonly kind: string;
  readonly told: string;
}

/** Media types of access tokens (RFC 9068), and what issuers write who do not follow it. */
const accessTokenTypes = ['at+jwt', 'application/at+jwt', 'jwt', 'application/jwt'];

/** Claims that only an ID token carries (OpenID Connect Core, 3.1.3.6 and 3.3.2.11). */
const idTokenClaims = ['nonce', 'at_hash', 'c_hash', 's_hash'];

/**
 * What is wrong with a token, as far as its words go, or null. Says nothing of its signature: until that has been
 * verified nothing here is true, but what is wrong already need not be verified.
 */
export function judgeToken(header: Claims, claims: Claims, expected: Expected, now: Date): Refusal | null {
  return judgeKind(header, claims, expected) ?? judgeParties(claims, expected) ?? judgeTimes(claims, expected, now);
}

function judgeKind(header: Claims, claims: Claims, { algorithms }: Expected): Refusal | null {
  const { alg, typ } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    return refusal('algorithm', `it is signed with ${shown(alg)}; OIDC_ALGORITHMS allows ${algorithms.join(', ')}`);
  }
  if (typ !== undefined && !(typeof typ === 'string' && accessTokenTypes.includes(typ.toLowerCase()))) {
    return refusal('type', `its header says that it is ${shown(typ)}; an access token is at+jwt or JWT`);
  }
  const other = otherKind(claims);
  if (other !== null) return refusal('kind', `it is ${other}`);
  if (Object.hasOwn(claims, 'cnf')) {
    return refusal(
      'bound',
      'it is bound to a key (claim cnf), which a bearer cannot prove; turn DPoP or mTLS off for it',
    );
  }
  return null;
}

/** What a token is, where it says that it is no access token of a person. */
function otherKind(claims: Claims): string | null {
  const { typ, token_use: use, events, sub, client_id: clientId, azp, gty, idtyp } = claims;
  if (use === 'id' || typ === 'ID' || idTokenClaims.some((name) => Object.hasOwn(claims, name)))
    return 'an ID token; send the access token';
  if (typ === 'Refresh' || typ === 'Offline') return 'a refresh token; send the access token';
  if (events !== undefined || typ === 'Logout') return 'a logout token; send the access token';
  const isProgram = gty === 'client-credentials' || idtyp === 'app';
  // RFC 9068, section 2.2: without a person, the subject is the client.
  const isClient = sub !== undefined && (sub === clientId || sub === azp);
  return isProgram || isClient ? 'the token of a program, which uses an API key or a service account here' : null;
}

function judgeParties({ iss, aud, sub }: Claims, { issuer, audiences }: Expected): Refusal | null {
  if (iss !== issuer) return refusal('issuer', `its issuer (iss) is ${shown(iss)}; OIDC_ISSUER is ${shown(issuer)}`);
  const meant: unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!meant.some((one) => typeof one === 'string' && audiences.includes(one))) {
    return refusal('audience', `its audience (aud) is ${shown(aud)}; OIDC_AUDIENCE is ${shown(audiences.join(' '))}`);
  }
  // OpenID Connect Core, section 2.
  if (typeof sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(sub)) {
    return refusal('subject', `its subject (sub) is ${shown(sub)}; 1 to 255 ASCII characters are needed`);
  }
  return null;
}

function judgeTimes({ exp, nbf, iat }: Claims, { toleranceSeconds }: Expected, now: Date): Refusal | null {
  const seconds = Math.floor(now.getTime() / 1000);
  if (!isSeconds(exp)) return refusal('expiry', `its expiry (exp) is ${shown(exp)}; seconds since 1970 are needed`);
  if (exp + toleranceSeconds <= seconds) return refusal('expired', `it expired ${seconds - exp} seconds ago`);
  if (nbf !== undefined && !isSeconds(nbf)) return refusal('start', `its start (nbf) is ${shown(nbf)}`);
  if (isSeconds(nbf) && nbf > seconds + toleranceSeconds) {
    return refusal('start', `it becomes valid in ${nbf - seconds} seconds only (nbf); compare the clocks`);
  }
  if (!isSeconds(iat))
    return refusal('issued', `its time of issue (iat) is ${shown(iat)}; seconds since 1970 are needed`);
  if (iat > seconds + toleranceSeconds) {
    return refusal('issued', `it was issued ${iat - seconds} seconds from now (iat); compare the clocks`);
  }
  return null;
}

function isSeconds(value: unknown): value is number {
  // Up to the year 9999: what lies beyond is no date.
  return typeof value === 'number' && value >= 0 && value <= 253_402_300_799;
}

function refusal(kind: string, told: string): Refusal {
  return { kind, told };
}

/** Cut short: nobody has vouched for it yet. */
function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 120);
}
