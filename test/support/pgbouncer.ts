import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findOsUser } from '../../src/database/embedded/os-user.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';

/** Debian keeps it where only root's PATH leads. */
const paths = ['pgbouncer', '/usr/sbin/pgbouncer', '/usr/local/sbin/pgbouncer'];
const found = paths
  .map((path) => ({ path, told: spawnSync(path, ['--version'], { encoding: 'utf8' }) }))
  .find(({ told }) => told.status === 0);

/** The PgBouncer on this machine, or null: unlike PostgreSQL it does not come with npm. */
export const pgbouncerBinary = found?.path ?? null;

/** Whether it can follow statements that are prepared by name: from 1.21 on. */
export const followsPrepared = ((): boolean => {
  const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(found?.told.stdout ?? '') ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 21);
})();

export interface PgBouncerOptions {
  /** 0: names of prepared statements are left alone. */
  readonly maxPreparedStatements: number;
}

/** A PgBouncer in transaction mode for one test file, before the database of a URL. Fewer places than clients. */
export class PgBouncer {
  /** Everything that it has written. */
  log = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The same database, by way of it. */
    readonly url: string,
  ) {
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => void (this.log += chunk));
  }

  static async start(databaseUrl: string, { maxPreparedStatements }: PgBouncerOptions): Promise<PgBouncer> {
    const { hostname, port, username, password, pathname } = new URL(databaseUrl);
    const own = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'versioner-pgbouncer-'));
    // It refuses to run as root, as PostgreSQL does; whoever it runs as must be able to read this.
    await chmod(folder, 0o755);
    const settings = [
      '[databases]',
      `* = host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${own}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 5',
      'max_client_conn = 500',
      'server_login_retry = 1',
      ...(maxPreparedStatements > 0 ? [`max_prepared_statements = ${maxPreparedStatements}`] : []),
    ];
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, settings.join('\n'));
    const user = await findOsUser(join(folder, 'none'));
    const child = spawn(pgbouncerBinary ?? 'pgbouncer', [file], {
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
    });
    const pooler = new PgBouncer(child, folder, `postgresql://${username}@127.0.0.1:${own}${pathname}`);
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${pooler.log}`);
      return accepts(own);
    });
    return pooler;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });
}
