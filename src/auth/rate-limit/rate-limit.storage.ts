import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Caches } from '../../common/caches.js';
import { Clock } from '../../common/clock.js';
import { Env } from '../../config/env.js';
import { type Hit, Siblings } from '../../workers/siblings.js';
import { Buckets } from './buckets.js';
import type { GcraDecision } from './gcra.js';
import { RedisBuckets } from './redis-buckets.js';

/** What the throttler asks of a storage, and the moment for `X-RateLimit-Reset`. */
export interface RateLimitRecord {
  readonly totalHits: number;
  /** Whole seconds until the bucket is full again. */
  readonly timeToExpire: number;
  readonly isBlocked: boolean;
  /** Whole seconds until the next hit is allowed, at least 1 for a blocked one. */
  readonly timeToBlockExpire: number;
  readonly remaining: number;
  /** Epoch seconds: when the bucket is full again; for a blocked hit, when the next one is allowed. */
  readonly resetAt: number;
}

const second = 1_000_000;

/**
 * Counts hits in buckets that refill evenly: at Redis when `REDIS_URL` is set and Redis answers, else for all workers of
 * this machine together. Redis being away is never an error and never a delay: each replica goes on with the limit of
 * its own, and says so once in the log. Buckets go by real time, also where a test has frozen the clock. (docs/adr/0007)
 */
@Injectable()
export class RateLimitStorage implements ThrottlerStorage, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(RateLimitStorage.name);
  private readonly own: Buckets;
  private readonly redis: RedisBuckets | null;

  constructor(
    env: Env,
    private readonly clock: Clock,
    private readonly siblings: Siblings,
    caches: Caches,
  ) {
    this.own = new Buckets(clock);
    this.redis = env.redisUrl === null ? null : new RedisBuckets(env.redisUrl, this.redisEvents());
    caches.register(() => this.own.clear());
  }

  async onModuleInit(): Promise<void> {
    await this.redis?.connect();
  }

  onApplicationShutdown(): void {
    this.redis?.close();
  }

  /**
   * One hit. The throttler's `ttl` and `blockDuration` have no meaning here: the limit is per minute, and a hit is
   * blocked until one has come back.
   */
  async increment(
    key: string,
    _ttl: number,
    limit: number,
    _blockDuration: number,
    throttlerName: string,
  ): Promise<RateLimitRecord> {
    const hit = { kind: throttlerName, key: `${throttlerName}:${key}`, limitPerMinute: limit };
    const decision = await this.take(hit);
    return toRecord(decision, limit, this.clock.now());
  }

  private async take(hit: Hit): Promise<GcraDecision> {
    const atRedis = this.redis?.usable ? await this.redis.take(hit.key, hit.limitPerMinute) : null;
    return atRedis ?? (await this.siblings.take(hit)) ?? this.own.take(hit);
  }

  private redisEvents() {
    return {
      away: (reason: string) =>
        this.logger.warn(`Redis is away (${reason}): rate limits are counted by each replica until it is back`),
      back: () => this.logger.log('Redis is back: rate limits are shared again'),
    };
  }
}

/** @param now what the moments that clients are told count from, whichever clock the bucket goes by */
function toRecord({ allowed, at, remaining, fullAt, freeAt }: GcraDecision, limit: number, now: Date): RateLimitRecord {
  const next = (allowed ? fullAt : freeAt) - at;
  return {
    totalHits: allowed ? limit - remaining : limit + 1,
    timeToExpire: Math.ceil((fullAt - at) / second),
    isBlocked: !allowed,
    timeToBlockExpire: allowed ? 0 : Math.max(1, Math.ceil(next / second)),
    remaining,
    resetAt: Math.ceil((now.getTime() * 1_000 + next) / second),
  };
}
