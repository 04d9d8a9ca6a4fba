import { spawn } from 'node:child_process';
import { chown, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, childEnvironment, dataArgument } from './cluster.js';
import { exists, isServerOf, signal } from './processes.js';
import { StartError } from '../../common/errors/start.error.js';

/** Where a server listens: a port of the loopback address, or a Unix socket in a folder. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ServerOptions {
  readonly maxConnections: number;
  /** False: a crash of the machine may cost the data. Only for a cluster that is thrown away. */
  readonly durable: boolean;
  /** Listen on a loopback port also where a Unix socket would do, so that any client can be pointed at it. */
  readonly preferPort: boolean;
}

/** A server that accepts connections. */
export interface Server {
  readonly pid: number;
  readonly address: Address;
}

const pollMs = 15;
const socketPort = 5432;
/** The shortest limit among the platforms, for `<folder>/.s.PGSQL.5432` and a final NUL. */
const longestSocketPath = 103;
const largestLog = 10 * 1024 * 1024;

/** The server that runs on a cluster, once it accepts connections; null where none does. */
export async function findServer(cluster: Cluster): Promise<Server | null> {
  for (;;) {
    const noted = await readPidFile(cluster.folder);
    if (noted === null || !(await isServerOf(noted.pid, cluster.folder))) return null;
    if (noted.state === 'ready') return { pid: noted.pid, address: addressOf(cluster, noted.port) };
    // Starting, recovering or stopping: it will be ready or gone.
    await sleep(pollMs);
  }
}

/**
 * Starts a server on a cluster and waits, through crash recovery too, until it accepts connections. Null where it
 * ended because another one holds the cluster, or processes of a crashed one have not ended yet: worth another try.
 *
 * @param address of an earlier start, to be found there again
 * @throws StartError where it cannot run
 */
export async function startServer(cluster: Cluster, options: ServerOptions, address?: Address): Promise<Server | null> {
  const at = address ?? (await chooseAddress(cluster, options));
  await disownPid(cluster.folder);
  const log = await openLog(cluster);
  try {
    const child = spawn(cluster.binaries.postgres, ['-D', dataArgument(cluster), ...settings(at, options)], {
      ...cluster.user,
      cwd: cluster.folder,
      env: childEnvironment,
      // A session of its own: Ctrl-C in the terminal ends the service first, and the service ends the server.
      detached: true,
      stdio: ['ignore', log.handle.fd, log.handle.fd],
    });
    const end = new AbortController();
    child.once('exit', () => end.abort()).once('error', () => end.abort());
    child.unref();
    while (!end.signal.aborted) {
      const noted = await readPidFile(cluster.folder);
      if (noted?.pid === child.pid && noted?.state === 'ready') return { pid: noted.pid, address: at };
      await sleep(pollMs);
    }
    const reason = (await readFile(log.path, 'utf8')).slice(log.size);
    if (/lock file "[^"]*" already exists|shared memory block .* still in use/.test(reason)) return null;
    const fatal = reason.split('\n').findLast((line) => /(FATAL|PANIC):/.test(line)) ?? 'it ended at once';
    throw new StartError(
      `The embedded PostgreSQL does not start: ${fatal.replace(/^.*(FATAL|PANIC): */, '')}; see ${log.path}.`,
    );
  } finally {
    await log.handle.close();
  }
}

/** Ends a server: connections are closed and everything is written, or after 15 s without that (to be recovered at the next start). */
export async function stopServer({ pid }: Server, cluster: Cluster): Promise<void> {
  for (const [name, patienceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    signal(pid, name);
    for (let waited = 0; waited < patienceMs; waited += pollMs) {
      if (!(await isServerOf(pid, cluster.folder))) return;
      await sleep(pollMs);
    }
  }
}

function settings({ host, port }: Address, { maxConnections, durable }: ServerOptions): string[] {
  const onSocket = host.startsWith('/');
  const values = {
    port,
    listen_addresses: onSocket ? '' : host,
    // Relative to the cluster: a long path to the folder does not matter, nor who may pass through it.
    unix_socket_directories: onSocket ? '..' : '',
    unix_socket_permissions: '0700',
    max_connections: maxConnections,
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    // What a killed service was doing is given up, not finished for nobody.
    client_connection_check_interval: '2s',
    log_checkpoints: 'off',
    // Statements and the values in error details are the users' data: not for a log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function chooseAddress(cluster: Cluster, { preferPort }: ServerOptions): Promise<Address> {
  const socket = socketAddress(cluster);
  if (!preferPort && Buffer.byteLength(`${socket.host}/.s.PGSQL.${socket.port}`) <= longestSocketPath) return socket;
  return { host: '127.0.0.1', port: await findFreePort() };
}

function addressOf(cluster: Cluster, port: number): Address {
  return port === socketPort ? socketAddress(cluster) : { host: '127.0.0.1', port };
}

function socketAddress(cluster: Cluster): Address {
  return { host: dirname(cluster.folder), port: socketPort };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port));
  });
  await new Promise((resolve) => probe.close(resolve));
  // The port that stands for the socket; asked for again it will be another one.
  return port === socketPort ? findFreePort() : port;
}

interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly state: string;
}

/** PostgreSQL's own note about who runs on the folder. */
async function readPidFile(folder: string): Promise<PidFile | null> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]), state: lines[7]?.trim() ?? 'starting' } : null;
}

/**
 * After a crash PostgreSQL believes the notes that it left (on its folder, on its socket) as long as any process has
 * the id in them. Where that is not its server, the id is replaced by this process's, whose child it is about to
 * become: that it takes for stale, and still checks by the rest of the note that nobody uses the crashed server's
 * shared memory.
 */
async function disownPid(folder: string): Promise<void> {
  for (const path of [join(folder, 'postmaster.pid'), join(dirname(folder), `.s.PGSQL.${socketPort}.lock`)]) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const pid = Number.parseInt(text, 10);
    if (!(pid > 0) || !exists(pid) || (await isServerOf(pid, folder))) continue;
    await writeFile(path, text.replace(/^\d+/, String(process.pid)));
  }
}

async function openLog({ folder, user }: Cluster) {
  const path = join(dirname(folder), 'postgres.log');
  const size = await stat(path).then(
    (log) => log.size,
    () => 0,
  );
  if (size > largestLog) await rename(path, `${path}.1`);
  const handle = await open(path, 'a', 0o600);
  if (user !== null) await chown(path, user.uid, user.gid);
  return { path, handle, size: size > largestLog ? 0 : size };
}
