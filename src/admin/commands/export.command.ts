import { writeFile } from 'node:fs/promises';
import { StartError } from '../../common/errors/start.error.js';
import { ConfigAsCode } from '../../config-as-code/config-as-code.service.js';
import { type AdminCommand, textOption } from '../command.js';
import { withServices } from '../open-services.js';

export const exportCommand: AdminCommand = {
  words: 'export',
  usage: `  export [FILE] [--account SLUG]                   the configuration as a file for "apply"; without FILE, or with -,
                                                   on standard output
`,
  operands: 1,
  options: { account: 'value' },
  run: async (input, env) => {
    const account = textOption(input, 'account') ?? env.account;
    const text = await withServices(env, async (services) => {
      return services.get(ConfigAsCode, { strict: false }).export(account);
    });
    const [file = '-'] = input.operands;
    if (file === '-') return text;
    await writeFile(file, text).catch((error: NodeJS.ErrnoException) => {
      throw new StartError(`${file} cannot be written: ${error.message}.`);
    });
    return `Wrote the configuration of "${account}" to ${file}.\n`;
  },
};
