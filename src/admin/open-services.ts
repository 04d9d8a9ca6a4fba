import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { AppModule } from '../app.module.js';
import { BackgroundJobs } from '../common/background-jobs.js';
import { Clock } from '../common/clock.js';
import { StartError } from '../common/errors/start.error.js';
import { Env } from '../config/env.js';
import { readMigrationStatus } from '../database/migrate.js';
import { openDatabase } from '../database/open-database.js';

/** The database of the service, as a visitor, whether or not the service runs; for one command. */
export async function withDatabase<T>(env: Env, use: (url: string) => Promise<T>): Promise<T> {
  const database = await openDatabase(env, { as: 'visit', patienceMs: 0 });
  try {
    return await use(database.url);
  } finally {
    await database.close();
  }
}

/**
 * The service without its port, for a command that does what the service does. `services.get(AnyService, { strict:
 * false })` hands out a service.
 * @throws StartError where the database is not at this release's schema
 */
export async function withServices<T>(env: Env, use: (services: INestApplicationContext) => Promise<T>): Promise<T> {
  return withDatabase(env, async (databaseUrl) => {
    await requireMigrated(databaseUrl);
    // The port of the metrics belongs to the service, and no command reads lists.
    const own = new Env(Object.assign({}, env, { metricsPort: null, databaseReplicaUrl: null }));
    const options = { env: own, clock: new Clock(), databaseUrl };
    const services = await NestFactory.createApplicationContext(AppModule.with(options), {
      logger: ['error', 'warn'],
      abortOnError: false,
    });
    // The service itself does them; here they would hold up the end of the command.
    services.get(BackgroundJobs, { strict: false }).hold();
    try {
      return await use(services);
    } finally {
      await services.close();
    }
  });
}

/** @throws StartError where the database is not at this release's schema */
export async function requireMigrated(databaseUrl: string): Promise<void> {
  const { applied, pending } = await readMigrationStatus(databaseUrl);
  if (applied.length === 0) {
    throw new StartError('The database is empty; run "npm run admin -- migrate" or start the service first.');
  }
  if (pending.length > 0) {
    throw new StartError(`The database is of an older release; run "npm run admin -- migrate" first.`);
  }
}
