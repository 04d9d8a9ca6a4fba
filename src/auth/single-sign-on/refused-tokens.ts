import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { Refusal } from './judge-token.js';

/** How often one kind of refusal is told (milliseconds). */
const pauseMs = 60_000;

/** Tells the operator why tokens are refused, each kind of reason once a minute: never the token itself. */
@Injectable()
export class RefusedTokens {
  private readonly logger = new Logger('SingleSignOn');
  private readonly toldAt = new Map<string, number>();
  private readonly untold = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  tell({ kind, told }: Refusal): void {
    const now = this.clock.monotonic();
    const before = this.toldAt.get(kind);
    if (before !== undefined && now - before < pauseMs) {
      this.untold.set(kind, (this.untold.get(kind) ?? 0) + 1);
      return;
    }
    const others = this.untold.get(kind) ?? 0;
    this.untold.delete(kind);
    this.toldAt.set(kind, now);
    this.logger.log(
      `A token was refused: ${told}${others === 0 ? '' : ` (and ${others} more for a reason of this kind)`}`,
    );
  }
}
