import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Caches } from '../../common/caches.js';
import { Clock } from '../../common/clock.js';
import { IssuerClient } from './issuer-client.js';
import type { SignOn } from './sign-on.js';

/** Tokens remembered; about a kilobyte each. */
const capacity = 5_000;

interface Entry {
  readonly signOn: SignOn;
  /** Of the issuer's keys with which it was verified. */
  readonly revision: number;
}

/**
 * Remembers which tokens are good until they expire or the issuer's keys change, since a signature is dear to verify.
 * What its person may do is not remembered here. Nothing is remembered of tokens that are no good.
 */
@Injectable()
export class VerifiedTokens {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly issuer: IssuerClient,
    private readonly clock: Clock,
    caches: Caches,
  ) {
    caches.register(() => this.entries.clear());
  }

  find(token: string): SignOn | null {
    const id = idOf(token);
    const entry = this.entries.get(id);
    if (entry === undefined) return null;
    const isGood = entry.revision === this.issuer.revision() && this.clock.now() < entry.signOn.expiresAt;
    if (isGood) return entry.signOn;
    this.entries.delete(id);
    return null;
  }

  /** @param revision of the keys, as it was before the token was verified with them */
  keep(token: string, signOn: SignOn, revision: number): void {
    this.entries.set(idOf(token), { signOn, revision });
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= capacity) return;
      this.entries.delete(oldest);
    }
  }
}

/** The token itself is not kept in memory. */
function idOf(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64');
}
