import { Injectable } from '@nestjs/common';
import { decodeJwt, decodeProtectedHeader, type JWTHeaderParameters, jwtVerify } from 'jose';
import { Clock } from '../../common/clock.js';
import { isError } from '../../common/errors/is-error.js';
import { UnavailableError } from '../../common/errors/request.errors.js';
import { Env } from '../../config/env.js';
import { IssuerClient, type IssuerKey } from './issuer-client.js';
import { type Expected, judgeToken } from './judge-token.js';
import { type GroupMapping, mapGroups } from './map-groups.js';
import { readProfile } from './profile.js';
import { type Claims, readClaim, readNames } from './read-claim.js';
import { RefusedTokenError } from './refused-token.error.js';
import { type SignOn, signOnKey } from './sign-on.js';

/** Keys that are tried for a token that names none. */
const mostKeys = 10;

/** Tells whether an access token is good: made by the issuer, for this service, now. */
@Injectable()
export class TokenVerifier {
  private readonly expected: Expected;
  private readonly mapping: GroupMapping;

  constructor(
    private readonly env: Env,
    private readonly issuer: IssuerClient,
    private readonly clock: Clock,
  ) {
    this.expected = {
      issuer: env.oidcIssuer ?? '',
      audiences: env.oidcAudience ?? [],
      algorithms: env.oidcAlgorithms,
      toleranceSeconds: env.oidcClockToleranceSeconds,
    };
    this.mapping = { roles: env.oidcGroupRoles, approverRoles: env.oidcGroupApproverRoles };
  }

  /** @throws RefusedTokenError, or UnavailableError where only the issuer could tell and cannot be asked */
  async verify(token: string): Promise<SignOn> {
    // What is wrong in any case is refused before the issuer is asked for anything.
    this.judge(...decode(token));
    return this.toSignOn(await this.verified(token));
  }

  private judge(header: Claims, claims: Claims): void {
    const refusal = judgeToken(header, claims, this.expected, this.clock.now());
    if (refusal !== null) throw new RefusedTokenError(refusal);
  }

  private async verified(token: string): Promise<Claims> {
    const { issuer, audiences, algorithms, toleranceSeconds } = this.expected;
    const options = {
      issuer,
      audience: [...audiences],
      algorithms: [...algorithms],
      requiredClaims: ['exp', 'iat', 'sub'],
      clockTolerance: toleranceSeconds,
      currentDate: this.clock.now(),
    };
    try {
      const { payload } = await jwtVerify(token, (header: JWTHeaderParameters) => this.issuer.keyFor(header), options);
      return payload;
    } catch (error) {
      if (codeOf(error) !== 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') throw toRefusal(error);
      let tried = 0;
      for await (const key of error as AsyncIterable<IssuerKey>) {
        if (++tried > mostKeys) break;
        const found = await jwtVerify(token, key, options).catch(() => null);
        if (found !== null) return found.payload;
      }
      throw toRefusal({ code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
    }
  }

  private toSignOn(claims: Claims): SignOn {
    const { oidcIssuer, oidcGroupsClaim, oidcClockToleranceSeconds } = this.env;
    const [issuer, subject] = [oidcIssuer!, claims['sub'] as string];
    const accountSlug = this.accountOf(claims);
    return {
      accountSlug,
      issuer,
      subject,
      issuedAt: new Date(Math.floor(claims['iat'] as number) * 1000),
      expiresAt: new Date(((claims['exp'] as number) + oidcClockToleranceSeconds) * 1000),
      mapped: mapGroups(readNames(claims, oidcGroupsClaim), this.mapping),
      profile: readProfile(claims),
      key: signOnKey(accountSlug, issuer, subject),
    };
  }

  private accountOf(claims: Claims): string {
    const { account, oidcAccountClaim } = this.env;
    if (oidcAccountClaim === null) return account;
    const slug = readClaim(claims, oidcAccountClaim);
    if (typeof slug === 'string' && /^[a-z0-9-]{1,63}$/.test(slug)) return slug;
    const shown = JSON.stringify(slug)?.slice(0, 120) ?? 'missing';
    throw new RefusedTokenError({
      kind: 'account',
      told: `its claim ${oidcAccountClaim} is ${shown}; the slug of an account is needed`,
    });
  }
}

function decode(token: string): [Claims, Claims] {
  try {
    return [{ ...decodeProtectedHeader(token) }, decodeJwt(token)];
  } catch {
    throw new RefusedTokenError({ kind: 'malformed', told: 'it is no JSON Web Token' });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWKS_NO_MATCHING_KEY: 'the issuer has no key of the name (kid) and algorithm that it is signed with',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is not the issuer’s',
};

/** Whatever jose finds is a fault of the token; what the issuer could not be asked for is none. */
function toRefusal(error: unknown): Error {
  if (error instanceof UnavailableError) return error;
  const code = codeOf(error);
  const told = reasons[code] ?? `it cannot be verified (${isError(error) ? error.message.slice(0, 120) : code})`;
  return new RefusedTokenError({ kind: reasons[code] === undefined ? 'malformed' : code, told });
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
