import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { BackgroundJobs } from '../common/background-jobs.js';
import { Clock } from '../common/clock.js';
import type { Credential } from './credential.js';
import { CredentialsRepository, type CredentialUse } from './credentials.repository.js';

/** How often `last_used_at` is written (milliseconds): it may lag behind by as much. */
const flushIntervalMs = 3_000;

interface Use {
  readonly credential: Credential;
  /** By the clock that only goes forward. */
  readonly at: number;
}

/** Collects which credentials were used, and writes `last_used_at` for all of them together. */
@Injectable()
export class CredentialUses implements OnModuleInit, BeforeApplicationShutdown {
  private uses = new Map<string, Use>();

  constructor(
    private readonly repository: CredentialsRepository,
    private readonly jobs: BackgroundJobs,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const name = 'Writing when credentials were last used';
    this.jobs.start(name, flushIntervalMs, () => this.flush(), { everywhere: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    // Nothing depends on it: a database that is away must not hold up the stop.
    await this.flush().catch(() => undefined);
  }

  note(credential: Credential): void {
    this.uses.set(credential.id, { credential, at: this.clock.monotonic() });
  }

  /** What could not be written stays for the next time. */
  async flush(): Promise<void> {
    const taken = this.uses;
    this.uses = new Map();
    try {
      await this.repository.markApiKeysUsed(this.of('api_key', taken));
      await this.repository.markTokensUsed(this.of('user', taken));
    } catch (error) {
      this.uses = new Map([...taken, ...this.uses]);
      throw error;
    }
  }

  private of(kind: Credential['kind'], uses: ReadonlyMap<string, Use>): CredentialUse[] {
    const now = this.clock.monotonic();
    return [...uses.values()]
      .filter(({ credential }) => credential.kind === kind)
      .map(({ credential, at }) => ({ accountId: credential.accountId, id: credential.id, agoMs: now - at }));
  }
}
