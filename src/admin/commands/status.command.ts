import type { AdminCommand } from '../command.js';
import { describeStatus } from '../describe-status.js';

export const statusCommand: AdminCommand = {
  words: 'status',
  usage: `  status                                           the database in use, its schema and its accounts\n`,
  operands: 0,
  options: {},
  run: async (_, env) => describeStatus(env),
};
