import { Injectable } from '@nestjs/common';
import { Caches } from '../../common/caches.js';
import { Clock } from '../../common/clock.js';
import { Env } from '../../config/env.js';
import type { Credential } from '../credential.js';
import { CredentialCache } from '../credential-cache.js';
import { IssuerClient } from './issuer-client.js';
import { PeopleWhoSignOn } from './people-who-sign-on.js';
import { type Profile, readProfile } from './profile.js';
import { RefusedTokenError } from './refused-token.error.js';
import { RefusedTokens } from './refused-tokens.js';
import type { SignOn } from './sign-on.js';
import { TokenVerifier } from './token-verifier.js';
import { VerifiedTokens } from './verified-tokens.js';

/** For how long it is remembered that a token's groups change nothing more (milliseconds). */
const settledMs = 10_000;
const mostSettled = 5_000;

/**
 * Lets people in who bring an access token of the OpenID Connect issuer. The token says who they are; what they may do
 * is read from the database, as for any other credential, and no older than there. (docs/adr/0016)
 */
@Injectable()
export class SingleSignOn {
  /** Tokens that are just being verified: requests that bring one of them together share what comes of it. */
  private readonly verifications = new Map<string, Promise<SignOn | null>>();
  /** First requests under way: the issuer is asked once who somebody is. */
  private readonly arrivals = new WeakMap<SignOn, Promise<Profile>>();
  /** Until when, by the clock that only goes forward, a token's groups need not be looked at for somebody as they are. */
  private readonly settled = new Map<string, number>();

  constructor(
    private readonly env: Env,
    private readonly clock: Clock,
    private readonly verifier: TokenVerifier,
    private readonly verified: VerifiedTokens,
    private readonly issuer: IssuerClient,
    private readonly people: PeopleWhoSignOn,
    private readonly credentials: CredentialCache,
    private readonly refused: RefusedTokens,
    caches: Caches,
  ) {
    caches.register(() => this.settled.clear());
  }

  /**
   * The credential of whoever brings a token, or null where the token is no good or its person deactivated; at once
   * where both are remembered. Rejects with `UnavailableError` while the issuer or the database is needed and away.
   */
  find(token: string): Credential | Promise<Credential | null> {
    if (this.env.oidcIssuer === null) return Promise.resolve(null);
    const signOn = this.verified.find(token);
    if (signOn === null) return this.verify(token);
    const credential = this.credentials.find(signOn.key);
    if (!(credential instanceof Promise) && this.isSettled(credential, signOn)) return credential;
    return this.enter(token, signOn, credential);
  }

  private async verify(token: string): Promise<Credential | null> {
    const verification = this.verifications.get(token) ?? this.verifyOnce(token);
    this.verifications.set(token, verification);
    const signOn = await verification.finally(() => this.verifications.delete(token));
    return signOn && this.enter(token, signOn, this.credentials.find(signOn.key));
  }

  private async verifyOnce(token: string): Promise<SignOn | null> {
    const revision = this.issuer.revision();
    const signOn = await this.orNull(this.verifier.verify(token));
    if (signOn !== null) this.verified.keep(token, signOn, revision);
    return signOn;
  }

  private async enter(
    token: string,
    signOn: SignOn,
    found: Credential | Promise<Credential | null>,
  ): Promise<Credential | null> {
    const credential = (await found) ?? (await this.orNull(this.arrive(token, signOn)));
    if (credential === null || this.isSettled(credential, signOn)) return credential;
    const isChanged = await this.people.follow(credential, signOn);
    const followed = isChanged ? await this.findAnew(signOn) : credential;
    // What is different still stays so: a newer token has spoken, or the last admin keeps the role.
    if (followed !== null) this.settle(followed, signOn);
    return followed;
  }

  private async arrive(token: string, signOn: SignOn): Promise<Credential | null> {
    const isKnown = await this.people.isKnown(signOn);
    if (!isKnown) await this.people.add(signOn, await this.profileOf(token, signOn));
    return this.findAnew(signOn);
  }

  /** After a change: a look-up that was under way may have come too early for it. */
  private async findAnew({ key }: SignOn): Promise<Credential | null> {
    await this.credentials.forget();
    return this.credentials.find(key);
  }

  /** What the token says of its person; where it does not vouch for an e-mail, what the issuer says when asked. */
  private async profileOf(token: string, signOn: SignOn): Promise<Profile> {
    if (signOn.profile.email !== null) return signOn.profile;
    const arrival = this.arrivals.get(signOn) ?? this.askProfile(token, signOn);
    this.arrivals.set(signOn, arrival);
    arrival.catch(() => this.arrivals.delete(signOn));
    return arrival;
  }

  private async askProfile(token: string, { subject, profile }: SignOn): Promise<Profile> {
    const claims = await this.issuer.userinfo(token, subject);
    if (claims === null) return profile;
    const { email, name } = readProfile(claims);
    return { email, name: profile.name ?? name };
  }

  private isSettled(credential: Credential, signOn: SignOn): boolean {
    const { role, approverRoles } = signOn.mapped;
    const isSame = approverRoles === null || JSON.stringify(approverRoles) === JSON.stringify(credential.approverRoles);
    if (isSame && (role === null || role === credential.role)) return true;
    return this.clock.monotonic() < (this.settled.get(comparison(credential, signOn)) ?? 0);
  }

  private settle(credential: Credential, signOn: SignOn): void {
    if (this.isSettled(credential, signOn)) return;
    if (this.settled.size >= mostSettled) this.settled.clear();
    this.settled.set(comparison(credential, signOn), this.clock.monotonic() + settledMs);
  }

  /** What a promise comes to, or null where it is a refusal: which is told to the operator alone. */
  private async orNull<T>(promise: Promise<T>): Promise<T | null> {
    try {
      return await promise;
    } catch (error) {
      if (!(error instanceof RefusedTokenError)) throw error;
      this.refused.tell(error.refusal);
      return null;
    }
  }
}

/** Names what somebody is and what one token would make of them. */
function comparison({ id, role, approverRoles }: Credential, { issuedAt, mapped }: SignOn): string {
  return JSON.stringify([id, role, approverRoles, issuedAt.getTime(), mapped]);
}
