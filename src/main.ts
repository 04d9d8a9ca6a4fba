import 'reflect-metadata';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Logger } from '@nestjs/common';
import { AccountSetup } from './accounts/account-setup.js';
import { firstStart } from './accounts/first-start.js';
import { firstStartNotice, localUrl } from './accounts/first-start-notice.js';
import { createApp } from './app.setup.js';
import { Clock } from './common/clock.js';
import { StartError } from './common/errors/start.error.js';
import { createLog } from './common/logging/create-log.js';
import { PinoLogger } from './common/logging/pino-logger.js';
import { type Env, readEnv, readEnvironment, unknownVariables } from './config/env.js';
import { applyMigrationPolicy } from './database/migrate.js';
import { openDatabase } from './database/open-database.js';
import { gracefulStop } from './health/graceful-stop.js';
import { keepHeapSmall } from './health/keep-heap-small.js';

/** Together within the 15 s after which an operator's tools lose patience (milliseconds). */
const lingerMs = 1_000;
const stopTimeoutMs = 11_000;
const databasePatienceMs = 60_000;

async function start(): Promise<void> {
  const source = readEnvironment();
  const env = readEnv(source);
  Logger.overrideLogger(new PinoLogger(createLog({ level: env.logLevel, format: env.logFormat })));
  const logger = new Logger('Versioner');
  for (const name of unknownVariables(source)) logger.warn(`The environment variable ${name} is not known`);

  const database = await openDatabase(env, {
    as: 'serve',
    patienceMs: databasePatienceMs,
    onNotice: (line) => logger.warn(line),
  });
  try {
    const migrated = await applyMigrationPolicy(database.url, env.migrate);
    if (migrated.length > 0) logger.log(`Migrated: ${migrated.length} migration(s), up to ${migrated.at(-1)}`);
    const app = await createApp({ env, clock: new Clock(), databaseUrl: database.url });
    await app.init();
    // First the port, then the account: secrets that are shown once must not be lost above an error.
    await requireFreePort(env);
    const made = await firstStart(app.get(AccountSetup, { strict: false }), env, database.embedded !== null);
    stopOnSignal(async () => {
      logger.log('Stopping…');
      await gracefulStop(app, { lingerMs, timeoutMs: stopTimeoutMs });
      await database.close();
      logger.log('Stopped');
    });
    await app.listen(env.port, env.host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    const url = localUrl(env, port);
    if (made !== null) process.stdout.write(firstStartNotice(made, url));
    logger.log(`Ready at ${url}; every endpoint at ${url}/docs`);
    keepHeapSmall();
  } catch (error) {
    await database.close();
    throw explain(error, env);
  }
}

async function requireFreePort({ port, host }: Env): Promise<void> {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  await new Promise((closed) => probe.close(closed));
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stopping: Promise<void> | null = null;
  // Ctrl-C comes twice under npm: from the terminal, and passed on.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping ??= stop().then(() => process.exit(0), fail);
    });
  }
}

function explain(error: unknown, { port, host }: Env): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new StartError(`PORT: ${port} is in use by another program; choose another.`);
  if (code === 'EACCES') return new StartError(`PORT: this user may not listen on ${port}; choose one above 1023.`);
  if (code === 'EADDRNOTAVAIL') return new StartError(`HOST: ${host} is no address of this machine.`);
  return error;
}

/** One line for what an operator can mend, the whole error for what is a fault of the service. */
function fail(error: unknown): never {
  const text = error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`versioner: ${text}\n`);
  process.exit(1);
}

await start().catch(fail);
