import type { GcraDecision } from '../auth/rate-limit/gcra.js';
import type { Channel } from './channel.js';
import type { ToPrimary, ToWorker } from './questions.js';
import { type Hit, Siblings } from './siblings.js';

interface PendingHit {
  readonly hit: Hit;
  readonly resolve: (decision: GcraDecision) => void;
  readonly reject: (error: unknown) => void;
}

/** The siblings of a worker, all of them reached through the primary. */
export class WorkerSiblings extends Siblings {
  private pending: PendingHit[] = [];
  private onDuty = false;

  constructor(
    private readonly primary: Channel<ToPrimary, ToWorker>,
    private readonly ownNumber: number,
    private readonly primaryStartedAt: number,
  ) {
    super();
  }

  override get number(): number {
    return this.ownNumber;
  }

  override get startedAt(): number {
    return this.primaryStartedAt;
  }

  override get isOnDuty(): boolean {
    return this.onDuty;
  }

  beOnDuty(): void {
    this.onDuty = true;
  }

  /** Hits of requests that arrived together go in one message. */
  override async take(hit: Hit): Promise<GcraDecision> {
    return new Promise((resolve, reject) => {
      if (this.pending.push({ hit, resolve, reject }) === 1) setImmediate(() => void this.sendHits());
    });
  }

  override async forgetCredentials(): Promise<void> {
    await this.primary.ask('forgetCredentials', null);
  }

  override async metricsPage(): Promise<string> {
    return this.primary.ask('metricsPage', null);
  }

  private async sendHits(): Promise<void> {
    const sent = this.pending;
    this.pending = [];
    try {
      const decisions = await this.primary.ask(
        'take',
        sent.map(({ hit }) => hit),
      );
      sent.forEach(({ resolve }, index) => resolve(decisions[index]!));
    } catch (error) {
      for (const { reject } of sent) reject(error);
    }
  }
}
