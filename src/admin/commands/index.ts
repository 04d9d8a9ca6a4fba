import type { AdminCommand } from '../command.js';
import { accountCreateCommand } from './account-create.command.js';
import { accountListCommand } from './account-list.command.js';
import { migrateCommand } from './migrate.command.js';
import { statusCommand } from './status.command.js';
import { tokenIssueCommand } from './token-issue.command.js';

/** Every command, in the order of the list. */
export const commands: readonly AdminCommand[] = [
  statusCommand,
  migrateCommand,
  accountListCommand,
  accountCreateCommand,
  tokenIssueCommand,
];
