import { chown, copyFile, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { clusterFolderOf } from '../../src/database/embedded/cluster.js';
import { EmbeddedPostgres } from '../../src/database/embedded-postgres.js';
import { TcpProxy } from './tcp-proxy.js';

/** What belongs to the running server and not to its data; of the folders only what is in them. */
const left =
  /^(postmaster\.(pid|opts)|(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.*)$/;

/** A physical standby of an embedded PostgreSQL, by streaming replication, with the network in front of it. */
export class Standby {
  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
    readonly network: TcpProxy,
  ) {}

  /** Copies the running server as pg_basebackup does, which npm does not bring, and follows it from there. */
  static async of(primary: EmbeddedPostgres): Promise<Standby> {
    const folder = await mkdtemp(join(tmpdir(), 'versioner-standby-'));
    const source = new pg.Client({ connectionString: primary.url });
    await source.connect();
    try {
      // The slot keeps what the standby has not got yet, also while it is stopped.
      await source.query(`SELECT pg_create_physical_replication_slot('standby', true)`);
      await source.query(`SELECT pg_backup_start('standby', true)`);
      const cluster = clusterFolderOf(folder);
      await makeFolder(primary.folder, join(folder, 'postgres'));
      await copy(primary.folder, cluster);
      const { rows } = await source.query<{ label: string }>('SELECT labelfile AS label FROM pg_backup_stop(false)');
      await give(primary.folder, join(cluster, 'backup_label'), rows[0]!.label);
      await give(primary.folder, join(cluster, 'standby.signal'), '');
      await give(primary.folder, join(cluster, 'postgresql.auto.conf'), settingsFor(primary.url));
    } finally {
      await source.end();
    }
    const server = await open(folder);
    return new Standby(folder, server, await TcpProxy.before(server.url));
  }

  /** Of the service's database, by way of the network. */
  get url(): string {
    return this.network.through(this.server.url);
  }

  /** Runs one statement on it, past the network. */
  async query<Row extends object>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.server.url });
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.server.close();
  }

  async startAgain(): Promise<void> {
    this.server = await open(this.folder);
    this.network.lead(this.server.url);
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

function settingsFor(primaryUrl: string): string {
  const { hostname, port, username, password } = new URL(primaryUrl);
  return `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'
primary_slot_name = 'standby'
wal_retrieve_retry_interval = '100ms'
`;
}

/** Copies a folder and all in it to the same owner. */
async function copy(from: string, to: string, path = ''): Promise<void> {
  const { uid, gid } = await makeFolder(from, to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const name = path === '' ? entry.name : `${path}/${entry.name}`;
    if (left.test(name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copy(source, target, name);
    else await copyOne(source, target, uid, gid);
  }
}

async function makeFolder(like: string, path: string): Promise<{ uid: number; gid: number }> {
  const { uid, gid } = await lstat(like);
  await mkdir(path, { mode: 0o700 });
  await chown(path, uid, gid);
  return { uid, gid };
}

async function copyOne(source: string, target: string, uid: number, gid: number): Promise<void> {
  try {
    await copyFile(source, target);
    await chown(target, uid, gid);
  } catch (error) {
    // Gone since the folder was read: what is replayed knows.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function give(like: string, path: string, text: string): Promise<void> {
  const { uid, gid } = await lstat(like);
  await writeFile(path, text, { mode: 0o600 });
  await chown(path, uid, gid);
}
