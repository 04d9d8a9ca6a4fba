import { Logger } from '@nestjs/common';
import { createLog } from '../common/logging/create-log.js';
import { PinoLogger } from '../common/logging/pino-logger.js';
import { type Env, readEnv, readEnvironment, unknownVariables } from '../config/env.js';
import { applyMigrationPolicy } from '../database/migrate.js';
import { openDatabase, type OpenDatabase } from '../database/open-database.js';

const databasePatienceMs = 60_000;

/** A service whose database is open and migrated. */
export interface Opened {
  readonly env: Env;
  /** What `env` was read from. */
  readonly source: NodeJS.ProcessEnv;
  readonly database: OpenDatabase;
  readonly logger: Logger;
}

/**
 * Starts the service: in this process, or with `WORKERS` in several.
 * @throws StartError
 */
export async function serve(): Promise<void> {
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
    const { start } = env.workers === 1 ? await import('./alone.js') : await import('./primary.js');
    await start({ env, source, database, logger });
  } catch (error) {
    await database.close();
    throw error;
  }
}
