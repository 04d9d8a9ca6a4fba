import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { TcpProxy } from './tcp-proxy.js';

/** A PostgreSQL for one test file, which it may stop, kill and cut off. */
export class OwnDatabase {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
    /** The network in front of it. */
    readonly network: TcpProxy,
  ) {}

  static async start(): Promise<OwnDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'versioner-faults-'));
    const server = await open(folder);
    return new OwnDatabase(folder, server, await TcpProxy.before(server.url));
  }

  /** Stays the same, whatever happens to the server. */
  get url(): string {
    return this.network.through(this.server.url);
  }

  async stop(): Promise<void> {
    await this.server.close();
  }

  async startAgain(): Promise<void> {
    this.server = await open(this.folder);
    this.network.lead(this.server.url);
  }

  /** As `kill -9`: nothing is written, nobody is told. Its keeper starts it again, and it recovers. */
  kill(): void {
    process.kill(this.server.pid, 'SIGKILL');
  }

  /** What the server itself has written. */
  async log(): Promise<string> {
    const folder = join(this.folder, 'postgres');
    const names = (await readdir(folder)).filter((name) => name.startsWith('postgres.log')).sort();
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('');
  }

  async remove(): Promise<void> {
    await this.network.stop();
    await this.server.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function open(folder: string): Promise<EmbeddedPostgres> {
  return EmbeddedPostgres.open({ dataDir: folder, as: 'serve', preferPort: true });
}
