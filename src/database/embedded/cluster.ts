import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import type { OsUser } from './os-user.js';
import { StartError } from '../../common/errors/start.error.js';

const run = promisify(execFile);

/** The name of the superuser that owns everything in an embedded cluster. */
export const superuser = 'versioner';

/** An initialised cluster on disk. It lies in `<data folder>/postgres/cluster`; beside it the socket and the log. */
export interface Cluster {
  /** PGDATA, absolute and free of symbolic links. */
  readonly folder: string;
  readonly password: string;
  readonly user: OsUser | null;
  readonly binaries: Binaries;
}

/** Where the cluster of a data folder lies. */
export function clusterFolderOf(dataFolder: string): string {
  return join(dataFolder, 'postgres/cluster');
}

/**
 * How PostgreSQL is told its folder. Another user than the present one may not be allowed through the folders above
 * it; the process is started inside it, and from there this name needs no way down from the root.
 */
export function dataArgument({ folder, user }: Pick<Cluster, 'folder' | 'user'>): string {
  return user !== null && process.platform === 'linux' ? '/proc/self/cwd' : folder;
}

/** PostgreSQL's programs get none of this process's environment: it could hold secrets, or PG* variables. */
export const childEnvironment = { LC_ALL: 'C', TZ: 'UTC' };

/**
 * Opens the cluster of a data folder, or makes one: UTF-8, C.UTF-8 on every platform, a random password, kept in the
 * cluster with mode 0600. Several processes may do this at once: all end up with the same cluster.
 *
 * @param durable false only for a cluster that is thrown away
 * @throws StartError where the folder cannot be used
 */
export async function prepareCluster(
  dataFolder: string,
  { user, binaries, durable }: { user: OsUser | null; binaries: Binaries; durable: boolean },
): Promise<Cluster> {
  const parent = join(dataFolder, 'postgres');
  const folder = clusterFolderOf(dataFolder);
  if ((await versionOf(folder)) === null) {
    await makeFolder(parent, user);
    await initialise(folder, { user, binaries, durable });
  }
  const version = await versionOf(folder);
  if (version !== binaries.majorVersion) {
    throw new StartError(
      `VERSIONER_DATA_DIR: ${folder} was made by PostgreSQL ${version}, this release brings PostgreSQL ` +
        `${binaries.majorVersion}; see "Upgrade" in docs/operations.md.`,
    );
  }
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  return { folder: await realpath(folder), password, user, binaries };
}

async function versionOf(folder: string): Promise<string | null> {
  return readFile(join(folder, 'PG_VERSION'), 'utf8').then(
    (version) => version.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw new StartError(`VERSIONER_DATA_DIR: ${folder} cannot be read (${error.code}).`);
    },
  );
}

/** @throws StartError where the data folder cannot be made */
export async function makeDataFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => refuse(folder, error));
}

async function makeFolder(folder: string, user: OsUser | null): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    if (user !== null) await chown(folder, user.uid, user.gid);
  } catch (error) {
    refuse(dirname(folder), error as NodeJS.ErrnoException);
  }
}

function refuse(folder: string, { code }: NodeJS.ErrnoException): never {
  throw new StartError(
    `VERSIONER_DATA_DIR: ${folder} cannot be used (${code}); choose a folder that may be written to.`,
  );
}

/** The password file comes first and the rename last, so that a cluster under its final name is always whole. */
async function initialise(
  folder: string,
  { user, binaries, durable }: { user: OsUser | null; binaries: Binaries; durable: boolean },
): Promise<void> {
  const draft = join(dirname(folder), `new-${randomBytes(6).toString('hex')}`);
  const passwordFile = `${draft}.password`;
  await makeFolder(draft, user);
  await removeAbandoned(draft);
  await writeFile(passwordFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
  if (user !== null) await chown(passwordFile, user.uid, user.gid);
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${dataArgument({ folder: draft, user })}`,
        `--username=${superuser}`,
        `--pwfile=../${basename(passwordFile)}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: draft, env: childEnvironment },
    );
    await rename(passwordFile, join(draft, 'password'));
    await rename(draft, folder);
  } catch (error) {
    // Another service that started at the same time was first.
    if ((await versionOf(folder)) !== null) return;
    throw new StartError(`The embedded PostgreSQL could not be set up in ${folder}: ${lastLine(error)}`);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

const abandonedAfterMs = 10 * 60_000;

/** What a killed first start left behind. Drafts not much older than this one may belong to a start that is under way. */
async function removeAbandoned(draft: string): Promise<void> {
  const { mtimeMs } = await stat(draft);
  for (const name of await readdir(dirname(draft))) {
    const path = join(dirname(draft), name);
    const other = name.startsWith('new-') ? await stat(path).catch(() => null) : null;
    if (other !== null && mtimeMs - other.mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? message;
}
