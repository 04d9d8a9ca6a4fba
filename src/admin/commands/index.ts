import { auditVerifyCommand } from './audit-verify.command.js';
import type { AdminCommand } from '../command.js';
import { accountCreateCommand } from './account-create.command.js';
import { accountListCommand } from './account-list.command.js';
import { accountResetCommand } from './account-reset.command.js';
import { applyCommand } from './apply.command.js';
import { environmentEraseCommand } from './environment-erase.command.js';
import { exportCommand } from './export.command.js';
import { importCommand } from './import.command.js';
import { migrateCommand } from './migrate.command.js';
import { productEraseCommand } from './product-erase.command.js';
import { retentionRunCommand } from './retention-run.command.js';
import { signOnMoveCommand } from './sign-on-move.command.js';
import { statusCommand } from './status.command.js';
import { tokenIssueCommand } from './token-issue.command.js';

/** Every command, in the order of the list. */
export const commands: readonly AdminCommand[] = [
  statusCommand,
  migrateCommand,
  accountListCommand,
  accountCreateCommand,
  accountResetCommand,
  tokenIssueCommand,
  signOnMoveCommand,
  applyCommand,
  exportCommand,
  retentionRunCommand,
  productEraseCommand,
  environmentEraseCommand,
  importCommand,
  auditVerifyCommand,
];
