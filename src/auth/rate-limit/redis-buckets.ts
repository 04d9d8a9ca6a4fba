import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { emissionInterval, gcra, type GcraDecision } from './gcra.js';

/** Waiting longer than this for Redis would be felt by clients (milliseconds). */
const commandTimeoutMs = 200;
const connectTimeoutMs = 1_000;
const longestRetryPauseMs = 2_000;
/** For so long the start of the service waits for Redis (milliseconds). */
const firstAttemptMs = 500;

/**
 * `gcra` for one bucket, as one atomic step at Redis: answers what was kept and the time by Redis's clock, so that all
 * replicas count by one clock. Whole microseconds stay below 2^53, so Lua's doubles hold them exactly.
 */
const script = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local interval, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('GET', KEYS[1])
local arrival = math.min(math.max(tonumber(kept or now), now), now + capacity)
local following = arrival + interval
if following - capacity <= now then
  redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000))
end
return { kept, string.format('%.0f', now) }
`;

interface WithScript {
  takeFromBucket(key: string, intervalUs: number, capacityUs: number): Promise<[string | null, string]>;
}

/** How Redis is doing, for whoever writes the log. */
export interface RedisEvents {
  away(reason: string): void;
  back(): void;
}

/**
 * The buckets that all replicas share. Commands are never queued and never sent twice; while Redis is away, slow or
 * refusing, `usable` is false and the connection is renewed beside the requests.
 */
export class RedisBuckets {
  private readonly redis: Redis;
  private state: 'starting' | 'ready' | 'away' | 'closed' = 'starting';

  constructor(
    url: string,
    private readonly events: RedisEvents,
  ) {
    this.redis = new Redis(url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
      connectTimeout: connectTimeoutMs,
      keepAlive: 5_000,
      connectionName: 'versioner',
      retryStrategy: (times) => Math.min(times * 100, longestRetryPauseMs),
      scripts: { takeFromBucket: { lua: script, numberOfKeys: 1 } },
    });
    this.redis.on('ready', () => this.setReady());
    this.redis.on('error', (error: Error) => this.setAway(error.message));
    this.redis.on('close', () => this.setAway('the connection was closed'));
  }

  get usable(): boolean {
    return this.state === 'ready';
  }

  /** Waits for the first attempt, but not for long: what fails is tried again in the background. */
  async connect(): Promise<void> {
    const attempt = this.redis.connect().catch((error: Error) => void this.setAway(error.message));
    await Promise.race([attempt, pause(firstAttemptMs, undefined, { ref: false })]);
  }

  /** Null if Redis did not answer in time, or refused. */
  async take(key: string, limitPerMinute: number): Promise<GcraDecision | null> {
    const interval = emissionInterval(limitPerMinute);
    try {
      const client = this.redis as unknown as WithScript;
      const capacity = interval * limitPerMinute;
      const [kept, at] = await client.takeFromBucket(`versioner:rate-limit:${key}`, interval, capacity);
      return gcra(kept === null ? null : Number(kept), Number(at), limitPerMinute);
    } catch (error) {
      // The connection may be half-open, or lead to a replica that cannot write: a new one finds out.
      if (this.setAway(error instanceof Error ? error.message : String(error))) this.redis.disconnect(true);
      return null;
    }
  }

  close(): void {
    this.state = 'closed';
    this.redis.disconnect();
  }

  private setReady(): void {
    const wasAway = this.state === 'away';
    if (this.state !== 'closed') this.state = 'ready';
    if (wasAway) this.events.back();
  }

  /** Whether this is news. */
  private setAway(reason: string): boolean {
    if (this.state === 'away' || this.state === 'closed') return false;
    this.state = 'away';
    this.events.away(reason);
    return true;
  }
}
