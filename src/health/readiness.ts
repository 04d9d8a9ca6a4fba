import { Injectable } from '@nestjs/common';
import { DatabaseProbe, type DatabaseState } from '../database/database-probe.js';

const obstacles: Readonly<Record<DatabaseState, string | null>> = {
  up: null,
  migrating: 'The database has not been migrated yet',
  down: 'The database does not answer',
};

/** Whether this process should be sent requests. */
@Injectable()
export class Readiness {
  private draining = false;

  constructor(private readonly probe: DatabaseProbe) {}

  /** True once the service has begun to stop; it never goes back. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** From here on the service is not ready, and new requests are turned away. */
  drain(): void {
    this.draining = true;
  }

  /**
   * Why requests should go elsewhere, in words for the log; null while the database answers, its schema is this
   * release's or a later one, and the service is not stopping.
   */
  async obstacle(): Promise<string | null> {
    return this.draining ? 'The service is stopping' : obstacles[await this.probe.state()];
  }
}
