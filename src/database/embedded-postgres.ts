import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from './embedded/binaries.js';
import { type Cluster, clusterFolderOf, makeDataFolder, prepareCluster, superuser } from './embedded/cluster.js';
import { findOsUser } from './embedded/os-user.js';
import { isServerOf } from './embedded/processes.js';
import {
  type Address,
  findServer,
  type Server,
  type ServerOptions,
  startServer,
  stopServer,
} from './embedded/server.js';
import { StartError } from '../common/errors/start.error.js';

export interface EmbeddedPostgresOptions extends Partial<ServerOptions> {
  /** Absolute. */
  readonly dataDir: string;
  /**
   * `serve`: this process is the one service of the data folder; it restarts a server that crashes, and stops it when
   * it closes. `visit`: join a server that runs, and start one for the time of the visit where none does.
   */
  readonly as: 'serve' | 'visit';
  /** Told, in one line, when the server has crashed and when it is back. */
  readonly onNotice?: (line: string) => void;
}

const databaseName = 'versioner';
/** The session that holds this advisory lock is the one service of the cluster. */
const serviceLock = 8_317_204_115;
/** A service that was told to end, or killed, needs a moment to let go. */
const patienceMs = 8_000;
const watchMs = 250;

/**
 * PostgreSQL run by the service itself, from the binaries that npm brings, on a folder of its own: made at the first
 * start, recovered after a crash, taken over where a killed service left it running.
 */
export class EmbeddedPostgres {
  /** Of the service's database; holds the password. */
  readonly url: string;
  readonly folder: string;
  private readonly stopping = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  private constructor(
    private readonly cluster: Cluster,
    private readonly options: ServerOptions & EmbeddedPostgresOptions,
    private server: Server,
    /** Null where this process only visits. */
    private lock: pg.Client | null,
    /** Whether the server ran before: for somebody else, or left behind by a service that was killed. */
    readonly wasRunning: boolean,
  ) {
    this.url = urlOf(cluster, server.address, databaseName);
    this.folder = cluster.folder;
    if (lock !== null) this.watching = this.watch();
  }

  /** @throws StartError where it cannot run, or another service uses the data folder */
  static async open(given: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    if (process.platform === 'win32') {
      throw new StartError('The embedded PostgreSQL runs on Linux and macOS; set DATABASE_URL.');
    }
    const options = { maxConnections: 100, durable: true, preferPort: false, ...given };
    await makeDataFolder(options.dataDir);
    const user = await findOsUser(clusterFolderOf(options.dataDir));
    const binaries = await findBinaries(user, options.dataDir);
    const cluster = await prepareCluster(options.dataDir, { user, binaries, durable: options.durable });
    const { server, lock, wasRunning } = await acquire(cluster, options);
    return new EmbeddedPostgres(cluster, options, server, lock, wasRunning);
  }

  /** A visitor leaves; the service stops the server. */
  async close(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    await this.watching;
    if (this.lock === null) return;
    await stopServer(this.server, this.cluster);
    await this.lock.end().catch(() => undefined);
  }

  /** The process id of the running server. */
  get pid(): number {
    return this.server.pid;
  }

  /** A server that ends without being told to is started again, where its clients will look for it. */
  private async watch(): Promise<void> {
    const { signal } = this.stopping;
    const pause = (ms: number) => sleep(ms, undefined, { ref: false, signal }).catch(() => undefined);
    for (let failures = 0; !signal.aborted;) {
      await pause(watchMs);
      if (signal.aborted || (await isServerOf(this.server.pid, this.cluster.folder))) continue;
      if (failures === 0) this.notice('The embedded PostgreSQL has ended; it is started again');
      try {
        const { server, lock } = await acquire(this.cluster, this.options, this.server.address);
        [this.server, this.lock, failures] = [server, lock, 0];
        this.notice('The embedded PostgreSQL is back');
      } catch (error) {
        if (failures++ === 0) this.notice(error instanceof Error ? error.message : String(error));
        await pause(Math.min(5_000, 250 * failures));
      }
    }
  }

  private notice(line: string): void {
    this.options.onNotice?.(line);
  }
}

interface Acquired {
  readonly server: Server;
  readonly lock: pg.Client | null;
  readonly wasRunning: boolean;
}

/** Finds or starts the server, and becomes its one service unless only visiting a server that runs. */
async function acquire(
  cluster: Cluster,
  options: ServerOptions & EmbeddedPostgresOptions,
  address?: Address,
): Promise<Acquired> {
  for (let waited = 0; ; waited += watchMs) {
    const running = await findServer(cluster);
    const server = running ?? (await startServer(cluster, options, address));
    if (server !== null) {
      const visiting = options.as === 'visit' && running !== null;
      const lock = await connect(cluster, server, visiting);
      if (lock !== 'busy' && lock !== 'gone') return { server, lock, wasRunning: running !== null };
      if (lock === 'busy' && waited >= patienceMs) {
        throw new StartError(
          `VERSIONER_DATA_DIR: another service already uses ${options.dataDir}; stop it, or choose another folder.`,
        );
      }
    }
    if (waited >= 4 * patienceMs) {
      throw new StartError(
        `The embedded PostgreSQL in ${cluster.folder} does not become ready; see postgres.log there.`,
      );
    }
    await sleep(watchMs);
  }
}

/** Makes the database and takes the lock; the connection holds the lock as long as this process lives. */
async function connect(
  cluster: Cluster,
  server: Server,
  visiting: boolean,
): Promise<pg.Client | null | 'busy' | 'gone'> {
  const client = new pg.Client({
    connectionString: urlOf(cluster, server.address, 'postgres'),
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    if (!visiting && !(await tryLock(client))) return await end(client, 'busy');
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
    return visiting ? await end(client, null) : client;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') {
      throw new StartError(`VERSIONER_DATA_DIR: the password in ${cluster.folder} is not that of its database.`);
    }
    return end(client, 'gone');
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [serviceLock]);
  return rows[0]?.locked === true;
}

async function end<T>(client: pg.Client, result: T): Promise<T> {
  await client.end().catch(() => undefined);
  return result;
}

function urlOf(cluster: Cluster, { host, port }: Address, database: string): string {
  const authority = `${superuser}:${cluster.password}`;
  return host.startsWith('/')
    ? `postgresql://${authority}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `postgresql://${authority}@${host}:${port}/${database}`;
}
