import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres } from '../database/embedded-postgres.js';

export interface TestCluster {
  /** Of its maintenance database. */
  readonly url: string;
  /** Ends the cluster with the last of its users. */
  release(): Promise<void>;
}

/** Suites in parallel, each with a pool or several. */
const maxConnections = 300;
let running: Promise<OwnedCluster> | null = null;
let users = 0;

/**
 * A PostgreSQL that is thrown away: one for this process, started by whoever comes first. It ends with the process,
 * also where that is killed.
 */
export async function useTestCluster(): Promise<TestCluster> {
  users++;
  running ??= OwnedCluster.start();
  const cluster = await running.catch((error: unknown) => {
    users--;
    running = null;
    throw error;
  });
  return {
    url: cluster.url,
    async release() {
      if (--users > 0) return;
      running = null;
      await cluster.stop();
    },
  };
}

class OwnedCluster {
  private constructor(
    private readonly postgres: EmbeddedPostgres,
    private readonly dataDir: string,
    private readonly guard: { end(): void },
  ) {}

  static async start(): Promise<OwnedCluster> {
    const dataDir = await mkdtemp(join(tmpdir(), 'versioner-testing-'));
    // Nothing in it outlives the suite, so nothing waits for the disk.
    const options = { dataDir, as: 'serve', durable: false, preferPort: true, maxConnections } as const;
    const postgres = await EmbeddedPostgres.open(options);
    return new OwnedCluster(postgres, dataDir, guardAgainstOrphans(postgres.pid, dataDir));
  }

  get url(): string {
    return this.postgres.url;
  }

  async stop(): Promise<void> {
    this.guard.end();
    await this.postgres.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

/** A shell that waits for the end of this process, however it ends, and then ends the server and removes its folder. */
function guardAgainstOrphans(pid: number, dataDir: string): { end(): void } {
  const script = 'read order; [ "$order" = end ] && exit; kill -QUIT "$0"; sleep 1; rm -rf "$1"';
  const guard = spawn('/bin/sh', ['-c', script, String(pid), dataDir], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  guard.stdin.on('error', () => undefined);
  guard.on('error', () => undefined);
  return { end: () => void guard.stdin.end('end\n') };
}
