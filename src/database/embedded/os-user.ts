import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StartError } from '../../common/errors/start.error.js';

const run = promisify(execFile);

/** A user of the operating system, as `spawn` takes it. */
export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that PostgreSQL must run as, or null for the present one. PostgreSQL refuses to run as root, so root lends
 * it the owner of the data that is already there, else `postgres`, else `nobody`.
 *
 * @throws StartError where the data belongs to somebody else, or root finds no user to lend
 */
export async function findOsUser(clusterFolder: string): Promise<OsUser | null> {
  const owner = await ownerOf(clusterFolder);
  const present = process.geteuid?.() ?? -1;
  if (present !== 0) {
    if (owner !== null && owner.uid !== present) {
      throw new StartError(
        `VERSIONER_DATA_DIR: the PostgreSQL data in ${clusterFolder} belongs to another user (uid ${owner.uid}); ` +
          'start as that user or as root, or choose another folder.',
      );
    }
    return null;
  }
  if (owner !== null && owner.uid !== 0) return owner;
  const user = (await findByName('postgres')) ?? (await findByName('nobody'));
  if (user === null) {
    throw new StartError(
      'PostgreSQL must not run as root, and there is no user "postgres" or "nobody" to run it as; ' +
        'start as an ordinary user, or set DATABASE_URL.',
    );
  }
  return user;
}

async function ownerOf(folder: string): Promise<OsUser | null> {
  try {
    const { uid, gid } = await stat(folder);
    return { uid, gid };
  } catch {
    return null;
  }
}

async function findByName(name: string): Promise<OsUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
