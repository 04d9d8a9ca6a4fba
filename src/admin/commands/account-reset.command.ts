import { AccountReset } from '../../accounts/account-reset.js';
import { checkedEmail } from '../checked-options.js';
import { type AdminCommand, requireOperand, textOption } from '../command.js';
import { withServices } from '../open-services.js';

export const accountResetCommand: AdminCommand = {
  words: 'account reset',
  usage: `  account reset SLUG [--email ADDRESS]             let an admin back in: ends their tokens, makes a new one\n`,
  operands: 1,
  options: { email: 'value' },
  run: async (input, env) => {
    const slug = requireOperand(input, 0, 'The account', 'account reset SLUG');
    const email = checkedEmail(textOption(input, 'email'));
    const { secret, ...done } = await withServices(env, async (services) => {
      return services.get(AccountReset, { strict: false }).reset(slug, email, env.adminEmail);
    });
    // The token alone goes to standard output, so that a script can take it.
    process.stderr.write(
      `${done.email} is ${done.isNew ? 'a new admin' : 'an active admin'} of "${slug}". ` +
        `Revoked: ${done.revokedTokens} tokens, ${done.revokedInvitations} invitations. The new token, shown once:\n`,
    );
    return `${secret}\n`;
  },
};
