import { StartError } from '../../common/errors/start.error.js';
import { type RetentionResult, RetentionService } from '../../retention/retention.service.js';
import { type AdminCommand, textOption } from '../command.js';
import { withServices } from '../open-services.js';

export const retentionRunCommand: AdminCommand = {
  words: 'retention run',
  usage: `  retention run [--account SLUG] [--dry-run]       remove now what accounts no longer want to keep, or count it alone\n`,
  operands: 0,
  options: { account: 'value', 'dry-run': 'flag' },
  run: async (input, env) => {
    const slug = textOption(input, 'account');
    const isDry = input.options['dry-run'] === true;
    return withServices(env, async (services) => {
      const retention = services.get(RetentionService, { strict: false });
      const accounts = await retention.accounts(slug);
      if (accounts.length === 0) {
        if (slug !== null)
          throw new StartError(`There is no account "${slug}"; "npm run admin -- account list" lists them.`);
        return 'No account has set a retention: everything is kept.\n';
      }
      let said = '';
      for (const account of accounts) {
        const result = isDry ? await retention.preview(account.id) : await retention.applyNow(account.id, 'operator');
        said +=
          result === null ? `${account.slug}: another process is at it.\n` : describe(account.slug, result, isDry);
      }
      return said;
    });
  },
};

function describe(slug: string, { eventsBefore, checksBefore, auditBefore, counts }: RetentionResult, isDry: boolean) {
  if (eventsBefore === null && checksBefore === null && auditBefore === null) {
    return `${slug}: no retention is set, everything is kept.\n`;
  }
  const rows = [
    ['events', eventsBefore, counts.deploymentEvents + counts.buildEvents],
    ['pre-flight checks', checksBefore, counts.preflightChecks],
    ['audit entries', auditBefore, counts.auditEntries],
  ] as const;
  const lines = rows.map(([what, before, count]) => {
    const fate = before === null ? 'kept for ever' : `${count} from before ${before.toISOString()}`;
    return `  ${what}: ${fate}\n`;
  });
  return `${slug}: ${isDry ? 'would remove' : 'removed'}\n${lines.join('')}`;
}
