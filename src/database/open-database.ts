import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Clock } from '../common/clock.js';
import { StartError } from '../common/errors/start.error.js';
import type { Env } from '../config/env.js';
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
import { isUnavailable } from './is-unavailable.js';
import { jitAdvice } from './jit.js';
import { poolSizeOfEach } from './pool-size.js';

/** The database in use, for as long as the process needs it. */
export interface OpenDatabase {
  readonly url: string;
  /** Null where `DATABASE_URL` names the database. */
  readonly embedded: EmbeddedPostgres | null;
  close(): Promise<void>;
}

export interface OpenOptions extends Pick<EmbeddedPostgresOptions, 'as' | 'onNotice'> {
  /** How long a database that cannot be reached is waited for (milliseconds). */
  readonly patienceMs: number;
}

const retryMs = 500;
const refusals = /(does not exist|authentication failed)$|^no such (database|user)/;
/** A pooler without a server may keep a client waiting for minutes. */
const answerTimeoutMs = 5_000;
const oldestVersion = 15;
/** Beside the pool: migrations, health checks, `npm run admin`, and whoever looks in with psql. */
const sparePlaces = 50;
/** Beside the pool of each further worker. */
const sparePlacesOfWorker = 3;

/**
 * Opens the configured database, or the embedded one.
 * @throws StartError where it cannot be reached in time, or cannot be used
 */
export async function openDatabase(env: Env, options: OpenOptions): Promise<OpenDatabase> {
  if (env.databaseUrl !== null) {
    await requireUsable(env.databaseUrl, options);
    return { url: env.databaseUrl, embedded: null, close: () => Promise.resolve() };
  }
  const { as, onNotice } = options;
  const spare = sparePlaces + sparePlacesOfWorker * (env.workers - 1);
  const maxConnections = poolSizeOfEach(env) * env.workers + spare;
  const embedded = await EmbeddedPostgres.open({ dataDir: env.dataDir, as, onNotice, maxConnections });
  return { url: embedded.url, embedded, close: () => embedded.close() };
}

interface Properties {
  readonly version: number;
  readonly encoding: string;
  readonly jitAdvice: string | null;
}

async function requireUsable(url: string, options: OpenOptions): Promise<void> {
  const { version, encoding, jitAdvice } = await ask(url, options);
  if (version < oldestVersion) {
    throw new StartError(
      `DATABASE_URL: the server is PostgreSQL ${version}; allowed: PostgreSQL ${oldestVersion} or later.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new StartError(
      `DATABASE_URL: the database stores text as ${encoding}; allowed: a database made with ENCODING 'UTF8'.`,
    );
  }
  if (jitAdvice !== null) {
    options.onNotice?.(
      `PostgreSQL behind the pooler has JIT on, which can take far longer than the statements that it compiles. Turn it ` +
        `off once with "${jitAdvice}", and let the pooler reconnect`,
    );
  }
}

async function ask(url: string, { patienceMs, onNotice }: OpenOptions): Promise<Properties> {
  const clock = new Clock();
  const began = clock.monotonic();
  for (let isFirst = true; ; isFirst = false) {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: answerTimeoutMs,
      query_timeout: answerTimeoutMs,
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<Omit<Properties, 'jitAdvice'>>(
        `SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding`,
      );
      return { ...rows[0]!, jitAdvice: await jitAdvice(client) };
    } catch (error) {
      const reason = reasonOf(error);
      if (isRefused(error) || !isUnavailable(error) || clock.monotonic() - began >= patienceMs)
        throw new StartError(`DATABASE_URL: ${reason}.`);
      if (isFirst) onNotice?.(`The database cannot be reached yet, waiting for it: ${reason}`);
    } finally {
      await client.end().catch(() => undefined);
    }
    await sleep(retryMs);
  }
}

/** The server is there and does not let this user in, or has no such database: waiting changes nothing. */
function isRefused(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return false;
  // PgBouncer calls all of these a protocol violation (08P01), and tells them apart in words only.
  return /^(28...|3D000)$/.test(code) || (code === '08P01' && refusals.test(message));
}

function reasonOf(error: unknown): string {
  const { message, code } = (error instanceof AggregateError ? error.errors[0] : error) as NodeJS.ErrnoException;
  return message || code || 'the database cannot be used';
}
