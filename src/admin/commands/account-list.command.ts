import { AccountSetup } from '../../accounts/account-setup.js';
import type { AdminCommand } from '../command.js';
import { withServices } from '../open-services.js';

export const accountListCommand: AdminCommand = {
  words: 'account list',
  usage: `  account list                                     the accounts, their people and their keys\n`,
  operands: 0,
  options: {},
  run: async (_, env) => {
    const accounts = await withServices(env, async (services) => services.get(AccountSetup, { strict: false }).list());
    const lines = accounts.map(({ slug, users, activeKeys, createdAt }) => {
      return `${slug}  users: ${users}, active API keys: ${activeKeys}, since ${createdAt.toISOString()}\n`;
    });
    return lines.join('') || 'There is no account yet.\n';
  },
};
