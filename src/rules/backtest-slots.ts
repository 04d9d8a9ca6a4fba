import type { ConcurrencyScope, Holder } from '../preflight/checks/check.js';

/** One instant, and the id of what was recorded at it: ids rise, so of one instant they tell what came first. */
export interface Moment {
  readonly at: Date;
  readonly id: string;
}

/** A deployment that held a slot. */
export interface PastHolder extends Holder {
  readonly productId: string;
  readonly environmentId: string;
  readonly taken: Moment;
  /** Null while it is in progress. */
  readonly ended: Moment | null;
}

/** Who asks for a slot, and which deployment's place it would take. */
export interface SlotSeeker extends Moment {
  readonly productId: string;
  readonly environmentId: string;
  readonly replaces: string | null;
}

/**
 * Who held which slots, told start by start in the order of time: it remembers those that were in progress at once, and
 * nothing of what is over.
 */
export class PastSlots {
  private readonly held = new Map<string, readonly PastHolder[]>();

  /** From now on it holds its slot. */
  take(holder: PastHolder): void {
    const { environmentId, taken } = holder;
    this.held.set(environmentId, [...this.holding(environmentId, taken), holder]);
  }

  /** Who held slots then, oldest first, without whose place the seeker would take. */
  holdersFor(seeker: SlotSeeker): Readonly<Record<ConcurrencyScope, readonly Holder[]>> {
    const { environmentId, productId, replaces } = seeker;
    const holding = this.holding(environmentId, seeker);
    this.held.set(environmentId, holding);
    const others = holding.filter(({ deploymentId }) => deploymentId !== replaces);
    return { product_environment: others.filter((holder) => holder.productId === productId), environment: others };
  }

  private holding(environmentId: string, moment: Moment): readonly PastHolder[] {
    return (this.held.get(environmentId) ?? []).filter(
      ({ staleAt, ended }) =>
        (staleAt === null || moment.at < staleAt) && (ended === null || comesBefore(moment, ended)),
    );
  }
}

function comesBefore(one: Moment, other: Moment): boolean {
  return one.at.getTime() === other.at.getTime() ? one.id < other.id : one.at < other.at;
}
