import type { RunningVersioner } from '../../src/testing/start-versioner.js';
import { Pipeline } from './pipeline.js';

/** A deployment as it is answered, as far as tests need its type. */
export interface DeploymentAnswer {
  readonly id: string;
  readonly product_id: string;
  readonly product_name: string;
  readonly version_id: string;
  readonly version: string;
  readonly environment_id: string;
  readonly environment_name: string;
  readonly status: string;
}

/** An id that nothing has. */
export const unknownId = '0190b6f2-8c7e-7d3a-9f41-2b6c5d8e9a99';

/** An admin who deploys a little, and then reads. */
export class Reader extends Pipeline {
  constructor(private readonly versioner: RunningVersioner) {
    super(versioner.url, versioner.adminToken);
  }

  /** A completed deployment to production unless told otherwise, a second after the one before: their order is known. */
  async deployed(
    event: { product_name: string; version: string } & Record<string, unknown>,
  ): Promise<DeploymentAnswer> {
    this.versioner.clock.advance(1000);
    const reply = await this.deploy({ status: 'completed', ...event });
    if (reply.status > 201) throw new Error(`The event was answered ${reply.status}`);
    return reply.body as DeploymentAnswer;
  }

  /** The body of what must be 200. */
  async read<Body>(path: string): Promise<Body> {
    const reply = await this.get(path);
    if (reply.status !== 200) throw new Error(`GET ${path} was answered ${reply.status}`);
    return reply.body as Body;
  }
}
