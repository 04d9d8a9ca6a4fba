import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSecret } from '../../src/auth/secrets.js';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { listReads, metricsToken } from './list-reads.js';
import { Pipeline } from './pipeline.js';
import { ServiceProcess } from './service-process.js';
import { Standby } from './standby.js';

/** A PostgreSQL, a standby of it, and services that read their lists there. */
export class ReplicatedBed {
  readonly adminToken = newSecret('pat', 'default').secret;
  readonly apiKey = newSecret('sk', 'default', 'first').secret;
  private readonly services: ServiceProcess[] = [];

  private constructor(
    private readonly folder: string,
    readonly primary: EmbeddedPostgres,
    readonly standby: Standby,
  ) {}

  static async start(): Promise<ReplicatedBed> {
    const folder = await mkdtemp(join(tmpdir(), 'versioner-primary-'));
    const primary = await EmbeddedPostgres.open({ dataDir: folder, as: 'serve', preferPort: true });
    return new ReplicatedBed(folder, primary, await Standby.of(primary));
  }

  /** One more service on the primary; its standby is the real one unless told otherwise. */
  async startService(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({
      DATABASE_URL: this.primary.url,
      DATABASE_REPLICA_URL: this.standby.url,
      DATABASE_POOL_SIZE: '4',
      VERSIONER_ADMIN_TOKEN: this.adminToken,
      VERSIONER_API_KEY: this.apiKey,
      RATE_LIMIT_PER_MINUTE: '0',
      METRICS_TOKEN: metricsToken,
      ...env,
    });
    this.services.push(service);
    return service;
  }

  pipeline({ url }: ServiceProcess): Pipeline {
    return new Pipeline(url, this.apiKey);
  }

  admin({ url }: ServiceProcess): Pipeline {
    return new Pipeline(url, this.adminToken);
  }

  /** Whether a service reads the next list from the standby. */
  async isReplicated(service: ServiceProcess): Promise<boolean> {
    const before = await listReads(service.url);
    await this.admin(service).get('/deployments/?limit=1');
    const after = await listReads(service.url);
    return (after['read_replica'] ?? 0) > (before['read_replica'] ?? 0);
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map(async (service) => service.stop()));
    await this.standby.remove();
    await this.primary.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
