import type { AdminCommand } from '../command.js';
import { erase } from '../erase.js';

export const productEraseCommand: AdminCommand = {
  words: 'product erase',
  usage: `  product erase NAME --confirm NAME [--account SLUG]
                                                   erase an archived product and all that was recorded of it, for good
`,
  operands: 1,
  options: { account: 'value', confirm: 'value' },
  run: async (input, env) => erase('product', input, env),
};
