import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Whether the process with this id is the PostgreSQL of that folder. An id alone proves nothing: after a crash or in
 * a new container it may be anybody's, and a killed server may remain as a zombie that nobody has buried.
 */
export async function isServerOf(pid: number, clusterFolder: string): Promise<boolean> {
  if (process.platform === 'linux') {
    // PostgreSQL works inside its folder; a zombie has none.
    return (await readlink(`/proc/${pid}/cwd`).catch(() => null)) === clusterFolder;
  }
  return run('ps', ['-o', 'stat=,comm=', '-p', String(pid)]).then(
    ({ stdout }) => !stdout.startsWith('Z') && stdout.includes('postgres'),
    () => false,
  );
}

/** Whether any process has this id, zombies included. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Sends a signal to a process that may just have ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
