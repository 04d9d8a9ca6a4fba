import { AccountSetup } from '../../accounts/account-setup.js';
import { newSecret } from '../../auth/secrets.js';
import { type AdminCommand, textOption } from '../command.js';
import { checkedEmail, checkedSlug } from '../checked-options.js';
import { withServices } from '../open-services.js';

export const accountCreateCommand: AdminCommand = {
  words: 'account create',
  usage: `  account create SLUG [--email ADDRESS]            another account, with an admin (ADDRESS, else
                                                   VERSIONER_ADMIN_EMAIL), a personal token and an API key\n`,
  operands: 1,
  options: { email: 'value' },
  run: async (input, env) => {
    const slug = checkedSlug(input.operands[0] ?? '', 'account create SLUG');
    const adminEmail = checkedEmail(textOption(input, 'email')) ?? env.adminEmail;
    const [apiKey, adminToken] = [newSecret('sk', slug, 'default'), newSecret('pat', slug)];
    await withServices(env, async (services) => {
      const accounts = services.get(AccountSetup, { strict: false });
      await accounts.create({ slug, adminEmail, apiKey, adminToken, scopes: ['events:write'] });
    });
    return [
      `Created the account "${slug}" with its admin ${adminEmail}. These secrets are shown once:`,
      '',
      `  API key, for pipelines:         ${apiKey.secret}`,
      `  Personal token, for the admin:  ${adminToken.secret}`,
      '',
    ].join('\n');
  },
};
