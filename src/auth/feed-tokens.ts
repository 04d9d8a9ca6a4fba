import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { RateLimitedError, UnauthenticatedError } from '../common/errors/request.errors.js';
import { Env } from '../config/env.js';
import { type FeedKind, FeedTokensRepository, type FoundFeedToken } from './feed-tokens.repository.js';
import { FailedAuthentications } from './rate-limit/failed-authentications.js';
import { setRateLimitHeaders } from './rate-limit/rate-limit-headers.js';
import { RateLimitStorage } from './rate-limit/rate-limit.storage.js';
import { hashSecret, parseSecret } from './secrets.js';

/** What a good feed token opens. */
export interface FeedGrant {
  readonly accountId: string;
  /** The only product and environment that it opens; null: all of the account. */
  readonly productId: string | null;
  readonly environmentId: string | null;
}

/** One feed, by what it shows; null where there is no such product or environment. */
export interface Feed {
  readonly productId: string | null;
  readonly environmentId: string | null;
}

/** Judges the tokens that come with requests for feeds. Feed routes are public to the bearer guard. */
@Injectable()
export class FeedTokens {
  constructor(
    private readonly tokens: FeedTokensRepository,
    private readonly failures: FailedAuthentications,
    private readonly env: Env,
    private readonly storage: RateLimitStorage,
  ) {}

  /**
   * What the token opens. Whatever is wrong with it, it is the same 401, counted like other failed authentications. A
   * good one has a limit of its own, as keys have: 429 beyond it.
   *
   * @param secret the query parameter `token`, as it came
   * @throws UnauthenticatedError, RateLimitedError
   */
  async verify(secret: unknown, kind: FeedKind, request: Request): Promise<FeedGrant> {
    const parsed = typeof secret === 'string' ? parseSecret(secret) : null;
    if (parsed?.kind === 'feed') {
      const grant = await this.tokens.findGood(parsed.accountSlug, hashSecret(secret as string), kind);
      if (grant !== null) {
        await this.limit(grant, request.res as Response);
        return grant;
      }
    }
    await this.failures.count(request.ip, request.res as Response);
    throw new UnauthenticatedError();
  }

  private async limit({ id, rateLimitPerMinute }: FoundFeedToken, response: Response): Promise<void> {
    const limit = rateLimitPerMinute ?? this.env.rateLimitPerMinute;
    if (limit === 0) return;
    const record = await this.storage.increment(id, 60_000, limit, 0, 'feed-tokens');
    setRateLimitHeaders(response, limit, record);
    if (record.isBlocked) throw new RateLimitedError(record.timeToBlockExpire);
  }
}

/**
 * Whether the token opens this very feed. Of what it does not open, it must not tell whether it exists: 401.
 * @throws UnauthenticatedError
 */
export function requireOpen(grant: FeedGrant, feed: Feed): void {
  const opens =
    (grant.productId === null || grant.productId === feed.productId) &&
    (grant.environmentId === null || grant.environmentId === feed.environmentId);
  if (!opens) throw new UnauthenticatedError();
}
