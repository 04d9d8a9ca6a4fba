import { AccountSetup } from '../../accounts/account-setup.js';
import { checkedDays, checkedEmail, checkedName } from '../checked-options.js';
import { type AdminCommand, textOption } from '../command.js';
import { withServices } from '../open-services.js';

export const tokenIssueCommand: AdminCommand = {
  words: 'token issue',
  usage: `  token issue [--account SLUG] [--email ADDRESS] [--name NAME] [--days N]
                                                   a personal token, by default for the first admin, without an end
`,
  operands: 0,
  options: { account: 'value', email: 'value', name: 'value', days: 'value' },
  run: async (input, env) => {
    const request = {
      account: textOption(input, 'account') ?? env.account,
      email: checkedEmail(textOption(input, 'email')),
      name: checkedName(textOption(input, 'name') ?? 'npm run admin'),
      expiresInDays: checkedDays(textOption(input, 'days')),
    };
    const { secret, email } = await withServices(env, async (services) => {
      return services.get(AccountSetup, { strict: false }).issueToken(request);
    });
    // The token alone goes to standard output, so that a script can take it.
    process.stderr.write(`A personal token of ${email}, shown once:\n`);
    return `${secret}\n`;
  },
};
