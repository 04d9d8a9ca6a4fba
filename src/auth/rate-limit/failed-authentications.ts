import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { RateLimitedError } from '../../common/errors/request.errors.js';
import { Env } from '../../config/env.js';
import { setRateLimitHeaders } from './rate-limit-headers.js';
import { RateLimitStorage } from './rate-limit.storage.js';
import { toNetwork } from './to-network.js';

/** Wrong credentials a minute that one address may present, unless the service's own limit is lower. */
const highestPerMinute = 100;

/**
 * Limits failed authentications per address. Only a failure is ever counted or refused here, so a good credential
 * works from any address, whatever else comes from it.
 */
@Injectable()
export class FailedAuthentications {
  private readonly limit: number;

  constructor(
    env: Env,
    private readonly storage: RateLimitStorage,
  ) {
    this.limit = Math.min(env.rateLimitPerMinute, highestPerMinute);
  }

  /** Counts one failure; throws `RateLimitedError` if the address has used up what it may. */
  async count(address: string | undefined, response: Response): Promise<void> {
    if (this.limit === 0) return;
    const record = await this.storage.increment(
      toNetwork(address ?? ''),
      60_000,
      this.limit,
      0,
      'failed-authentications',
    );
    if (!record.isBlocked) return;
    setRateLimitHeaders(response, this.limit, record);
    throw new RateLimitedError(record.timeToBlockExpire);
  }
}
