import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { RateLimitedError } from '../common/errors/request.errors.js';
import { Env } from '../config/env.js';
import { accessOf } from './access.js';
import type { AuthenticatedRequest } from './authenticated-request.js';
import { setRateLimitHeaders } from './rate-limit/rate-limit-headers.js';
import { RateLimitStorage } from './rate-limit/rate-limit.storage.js';
import { ThrottlerGuard } from './rate-limit/throttler.js';

const throttler = 'credentials';
const minuteMs = 60_000;

/**
 * Limits the requests of each API key and token, whatever route they go to, and tells on every answer how much is left
 * (`2-api.md`, Rate limit). The limit is the account's own, else `RATE_LIMIT_PER_MINUTE`; 0 is no limit.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    // By name: the throttler's guard declares its own first two, and a subclass inherits that.
    @Inject(Env) private readonly env: Env,
    @Inject(RateLimitStorage) private readonly storage: RateLimitStorage,
    reflector: Reflector,
  ) {
    super([{ name: throttler, ttl: minuteMs, limit: env.rateLimitPerMinute }], storage, reflector);
  }

  /**
   * One bucket per credential and not one per route. In place of the throttler's own, which first asks every route for
   * seven settings that no route here has: that costs four times what the limit does.
   */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (accessOf(this.reflector, context)?.kind === 'public') return true;
    const http = context.switchToHttp();
    const { actor, rateLimitPerMinute } = http.getRequest<AuthenticatedRequest>();
    const limit = rateLimitPerMinute ?? this.env.rateLimitPerMinute;
    if (limit === 0) return true;
    const record = await this.storage.increment(actor.credentialId, minuteMs, limit, 0, throttler);
    setRateLimitHeaders(http.getResponse<Response>(), limit, record);
    if (record.isBlocked) throw new RateLimitedError(record.timeToBlockExpire);
    return true;
  }
}
