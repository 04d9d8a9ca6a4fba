import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, type JSONWebKeySet, type JWSHeaderParameters } from 'jose';
import { Caches } from '../../common/caches.js';
import { Clock } from '../../common/clock.js';
import { isError } from '../../common/errors/is-error.js';
import { UnavailableError } from '../../common/errors/request.errors.js';
import { Env } from '../../config/env.js';
import { gcra } from '../rate-limit/gcra.js';
import { fetchJson } from './fetch-json.js';
import { type Claims } from './read-claim.js';
import { type Discovery, discoveryUrl, readDiscovery } from './read-discovery.js';

/** How long a read of the keys may take in all; below the time after which a request is given up (milliseconds). */
const patienceMs = 3_500;
/** Keys older than this are read again beside the requests (milliseconds). */
const freshMs = 10 * 60_000;
/** Keys are used for no longer than this while the issuer is away (milliseconds). */
const usableMs = 24 * 60 * 60_000;
/** Where the keys lie is asked again after this long (milliseconds). */
const discoveryMs = 60 * 60_000;
/** Reads of the keys a minute, all of which may come at once. */
const readsPerMinute = 6;

type KeySet = ReturnType<typeof createLocalJWKSet>;
/** A public key of the issuer. */
export type IssuerKey = Awaited<ReturnType<KeySet>>;

interface Known {
  readonly keys: KeySet;
  readonly text: string;
  /** By the clock that only goes forward. */
  readonly readAt: number;
}

/**
 * What the service asks the issuer: where its keys are, the keys, and who somebody is. Nothing is asked before a token
 * needs it; requests that need the same share one read; and whatever tokens are sent, keys are read a few times a minute
 * at most. While the issuer is away its keys go on for a day.
 */
@Injectable()
export class IssuerClient {
  private readonly logger = new Logger('SingleSignOn');
  private known: Known | null = null;
  private discovered: (Discovery & { readonly readAt: number }) | null = null;
  private reading: Promise<void> | null = null;
  /** The bucket of reads, in microseconds of the clock that only goes forward. */
  private fullAt: number | null = null;
  private freeAt = 0;
  private failure: Error | null = null;
  private revisions = 0;

  constructor(
    private readonly env: Env,
    private readonly clock: Clock,
    caches: Caches,
  ) {
    caches.register(() => this.forget());
  }

  /**
   * Changes with the keys: what was verified under another revision must be verified again. Asks for new keys beside
   * the requests when those that are known get old.
   */
  revision(): number {
    const age = this.age();
    if (age >= usableMs) this.drop();
    else if (age >= freshMs && this.mayRead()) this.read().catch(() => undefined);
    return this.revisions;
  }

  /**
   * Whether the key that a token names is known, once the issuer has been asked if need be.
   * @throws what jose throws where the issuer has no such key, UnavailableError where that cannot be told
   */
  async keyFor(header: JWSHeaderParameters): Promise<IssuerKey> {
    this.revision();
    if (this.known === null) await this.readNow();
    try {
      return await this.known!.keys(header);
    } catch (error) {
      if (!isUnknownKey(error)) throw error;
      if (!(await this.readAgain())) throw error;
      return this.known!.keys(header);
    }
  }

  /**
   * What the issuer tells of whoever holds an access token, or null where it tells nothing to this one.
   * @throws UnavailableError
   */
  async userinfo(token: string, subject: string): Promise<Claims | null> {
    if (this.discovered === null) await this.readNow();
    const url = this.discovered?.userinfoUrl ?? null;
    if (url === null) return null;
    try {
      const headers = { authorization: `Bearer ${token}` };
      const { status, body } = await fetchJson(url, { headers, signal: AbortSignal.timeout(patienceMs) });
      if (status >= 500 || status === 429) throw new Error(`userinfo answered ${status}`);
      // OpenID Connect Core, section 5.3.2: what is told of another subject must not be used.
      const claims = typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Claims) : null;
      return claims?.['sub'] === subject ? claims : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw away(asError(error), 1);
    }
  }

  /** Reads the keys again for a token that names an unknown one; false where they have only just been read. */
  private async readAgain(): Promise<boolean> {
    if (this.reading === null && !this.mayRead()) {
      if (this.failure === null) return false;
      throw away(this.failure, this.pauseSeconds());
    }
    await this.readNow();
    return true;
  }

  private async readNow(): Promise<void> {
    if (this.reading === null && this.known === null && !this.mayRead()) {
      throw away(this.failure ?? new Error('its keys were read too often'), this.pauseSeconds());
    }
    await this.read().catch((error: unknown) => {
      throw away(asError(error), 1);
    });
  }

  private read(): Promise<void> {
    return (this.reading ??= this.fetchKeys().finally(() => {
      this.reading = null;
    }));
  }

  private async fetchKeys(): Promise<void> {
    const readAt = this.clock.monotonic();
    try {
      const signal = AbortSignal.timeout(patienceMs);
      const { keysUrl } = await this.discover(signal);
      const { status, body } = await fetchJson(keysUrl, { signal });
      if (status !== 200) throw new Error(`its keys answered ${status}`);
      const keys = createLocalJWKSet(body as JSONWebKeySet);
      const text = JSON.stringify(body);
      if (text !== this.known?.text) this.revisions++;
      this.known = { keys, text, readAt };
      if (this.failure !== null) this.logger.log(`The issuer ${this.env.oidcIssuer} can be reached again`);
      this.failure = null;
    } catch (error) {
      const failure = asError(error);
      if (this.failure?.message !== failure.message) {
        const known = this.known === null ? 'nobody can sign on' : 'the keys that are known are used for up to a day';
        this.logger.warn(
          `The issuer ${this.env.oidcIssuer} cannot be asked for its keys: ${failure.message}; ${known}`,
        );
      }
      this.failure = failure;
      throw failure;
    }
  }

  private async discover(signal: AbortSignal): Promise<Discovery> {
    const readAt = this.clock.monotonic();
    if (this.discovered !== null && readAt - this.discovered.readAt < discoveryMs) return this.discovered;
    const issuer = this.env.oidcIssuer!;
    const { status, body } = await fetchJson(discoveryUrl(issuer), { signal });
    if (status !== 200) throw new Error(`${discoveryUrl(issuer)} answered ${status}`);
    this.discovered = { ...readDiscovery(body, issuer), readAt };
    return this.discovered;
  }

  /** Takes one read from what is left for this minute. */
  private mayRead(): boolean {
    const decision = gcra(this.fullAt, Math.floor(this.clock.monotonic() * 1000), readsPerMinute);
    this.fullAt = decision.fullAt;
    this.freeAt = decision.freeAt;
    return decision.allowed;
  }

  /** Until the next read is allowed. */
  private pauseSeconds(): number {
    return Math.max(1, Math.ceil(this.freeAt / 1_000_000 - this.clock.monotonic() / 1000));
  }

  private age(): number {
    return this.known === null ? 0 : this.clock.monotonic() - this.known.readAt;
  }

  private drop(): void {
    this.known = null;
    this.revisions++;
  }

  private forget(): void {
    this.drop();
    this.discovered = null;
    this.reading = null;
    this.failure = null;
    this.fullAt = null;
  }
}

function isUnknownKey(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_JWKS_NO_MATCHING_KEY';
}

function away(cause: Error, retryAfterSeconds: number): UnavailableError {
  const told = new Error(`The issuer cannot be asked: ${cause.message}`);
  return new UnavailableError(undefined, retryAfterSeconds, { cause: told });
}

/** What went wrong, to the root: `fetch failed` alone tells nobody anything. */
function asError(error: unknown): Error {
  let root = error;
  while (isError(root) && isError(root.cause)) root = root.cause;
  return isError(root) ? root : new Error(String(root));
}
