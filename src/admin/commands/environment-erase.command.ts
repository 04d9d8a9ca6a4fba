import type { AdminCommand } from '../command.js';
import { erase } from '../erase.js';

export const environmentEraseCommand: AdminCommand = {
  words: 'environment erase',
  usage: `  environment erase NAME --confirm NAME [--account SLUG]
                                                   erase an archived environment and all that was recorded of it, for good
`,
  operands: 1,
  options: { account: 'value', confirm: 'value' },
  run: async (input, env) => erase('environment', input, env),
};
