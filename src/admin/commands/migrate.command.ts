import { migrate } from '../../database/migrate.js';
import type { AdminCommand } from '../command.js';
import { withDatabase } from '../open-services.js';

export const migrateCommand: AdminCommand = {
  words: 'migrate',
  usage: `  migrate                                          bring the database to the schema of this release\n`,
  operands: 0,
  options: {},
  run: async (_, env) => {
    const applied = await withDatabase(env, async (url) => migrate(url));
    return applied.length === 0
      ? 'The database is up to date.\n'
      : applied.map((name) => `Migrated: ${name}\n`).join('');
  },
};
