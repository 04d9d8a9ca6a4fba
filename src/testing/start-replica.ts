import 'reflect-metadata';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccountSetup } from '../accounts/account-setup.js';
import { createApp } from '../app.setup.js';
import { describeSecret, newSecret } from '../auth/secrets.js';
import { Caches } from '../common/caches.js';
import { readEnv, readEnvironment } from '../config/env.js';
import { Database } from '../database/database.js';
import { gracefulStop } from '../health/graceful-stop.js';
import type { Siblings } from '../workers/siblings.js';
import { emptyDatabase } from './empty-database.js';
import { TestClock } from './test-clock.js';
import { type TestCluster, useTestCluster } from './test-cluster.js';
import { replicaUrlFor } from './replica-url-for.js';
import { createTestDatabase, dropTestDatabase } from './test-database.js';

export interface StartOptions {
  /** A PostgreSQL from 15 on, in which a database of its own is made; else `DATABASE_URL`, else an embedded one. */
  readonly databaseUrl?: string;
  /** Another running Versioner: join its database as a second replica, with the same secrets. */
  readonly join?: RunningVersioner;
  /**
   * Environment variables of the service, over its defaults for tests: a rate limit that nobody meets, no log.
   * Of this process's own it reads only `DATABASE_PREPARED` and `DATABASE_REPLICA_URL`, which belong to `DATABASE_URL`.
   */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running service for a test suite. */
export interface RunningVersioner {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** As a first start makes it: with the scope `events:write`. */
  readonly apiKey: string;
  /** A personal access token of an admin. */
  readonly adminToken: string;
  /** Of its own database: for looking, not for changing. */
  readonly databaseUrl: string;
  /** The moment at which everything is decided. Runs with the database's time until it is set. */
  readonly clock: Pick<TestClock, 'set' | 'advance' | 'reset'>;
  /** Back to the state after the start: all data gone but the account, its key and its token; caches and clock reset. */
  reset(): Promise<void>;
  /** Ends the service and drops its database; once is enough, again does no harm. */
  stop(): Promise<void>;
}

/** What Versioner's own tests need beside, to run several as one. */
export interface ReplicaOptions extends StartOptions {
  readonly clock?: TestClock;
  readonly siblings?: Siblings;
}

/** A running service, from the inside. */
export interface Replica extends RunningVersioner {
  readonly clock: TestClock;
  readonly server: Server;
  forgetEverything(): void;
}

/**
 * Starts Versioner in this process, on a free port and a database of its own.
 * @throws if it cannot start; nothing is left behind then
 */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const cluster = await clusterFor(options);
  const databaseUrl = options.join?.databaseUrl ?? (await createTestDatabase(cluster.url));
  const apiKey = options.join?.apiKey ?? newSecret('sk', 'default', 'test').secret;
  const adminToken = options.join?.adminToken ?? newSecret('pat', 'default').secret;
  const dispose = async (): Promise<void> => {
    if (options.join === undefined) await dropTestDatabase(cluster.url, databaseUrl);
    await cluster.release();
  };

  try {
    const { clock = new TestClock(), siblings } = options;
    let stopped: Promise<void> | null = null;
    const env = readEnv({
      DATABASE_URL: databaseUrl,
      DATABASE_PREPARED: readEnvironment()['DATABASE_PREPARED'],
      DATABASE_REPLICA_URL: replicaUrlFor(databaseUrl, readEnvironment()),
      LOG_LEVEL: 'silent',
      RATE_LIMIT_PER_MINUTE: '1000000',
      ...options.env,
    });
    const app = await createApp({ env, clock, databaseUrl, siblings });
    await app.init();
    const createAccount = async (): Promise<void> => {
      await app.get(AccountSetup, { strict: false }).createFirst({
        slug: 'default',
        adminEmail: 'admin@example.com',
        adminToken: describeSecret(adminToken),
        apiKey: describeSecret(apiKey),
        scopes: ['events:write'],
      });
    };
    await createAccount();
    await app.listen(0, '127.0.0.1');
    const server: Server = app.getHttpServer();
    const { port } = server.address() as AddressInfo;
    const forgetEverything = () => app.get(Caches).clearAll();
    return {
      url: `http://127.0.0.1:${port}`,
      apiKey,
      adminToken,
      databaseUrl,
      clock,
      server,
      forgetEverything,
      async reset() {
        clock.reset();
        await emptyDatabase(app.get(Database, { strict: false }).pool);
        await createAccount();
        forgetEverything();
      },
      stop: () => (stopped ??= gracefulStop(app, { timeoutMs: 5_000 }).then(dispose)),
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function clusterFor({ databaseUrl, join }: StartOptions): Promise<TestCluster> {
  const url = join?.databaseUrl ?? databaseUrl ?? readEnv(readEnvironment()).databaseUrl;
  return url === null ? useTestCluster() : { url, release: () => Promise.resolve() };
}
