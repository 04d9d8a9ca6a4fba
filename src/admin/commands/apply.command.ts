import { StartError } from '../../common/errors/start.error.js';
import { type Applied, ConfigAsCode } from '../../config-as-code/config-as-code.service.js';
import { countChanges, describeChanges, titleOf } from '../../config-as-code/describe-changes.js';
import { describeFaults } from '../../config-as-code/describe-faults.js';
import { readConfigurationFile } from '../../config-as-code/read-configuration-file.js';
import { readYaml } from '../../config-as-code/read-yaml.js';
import { type AdminCommand, requireOperand, textOption } from '../command.js';
import { withServices } from '../open-services.js';

/** Where something changes and somebody asked to be told so. */
const changesExitCode = 2;

export const applyCommand: AdminCommand = {
  words: 'apply',
  usage: `  apply FILE [--account SLUG] [--dry-run] [--prune] [--exit-code]
                                                   bring the configuration to what the file says (- is standard input)
                                                   --dry-run: only show it    --exit-code: 2 where something changes
                                                   --prune: remove what the file's sections do not name, but no people
`,
  operands: 1,
  options: { account: 'value', 'dry-run': 'flag', prune: 'flag', 'exit-code': 'flag' },
  run: async (input, env) => {
    const name = requireOperand(input, 0, 'FILE', 'apply FILE');
    const shown = name === '-' ? 'stdin' : name;
    const reading = readYaml(await readConfigurationFile(name));
    if ('faults' in reading) throw new StartError(describeFaults(shown, reading.faults));
    const { file } = reading;
    const account = textOption(input, 'account') ?? env.account;
    const dryRun = input.options['dry-run'] === true;
    const applied = await withServices(env, async (services) => {
      const configuration = services.get(ConfigAsCode, { strict: false });
      return configuration.apply(account, file.json, { prune: input.options['prune'] === true, dryRun });
    });
    if (applied.faults.length > 0) throw new StartError(describeFaults(shown, file.place(applied.faults)));
    if (applied.changes.length > 0 && input.options['exit-code'] === true) process.exitCode = changesExitCode;
    return report(applied, dryRun);
  },
};

function report({ changes, warnings }: Applied, dryRun: boolean): string {
  if (changes.length === 0) return 'Nothing to do.\n';
  const lines = warnings.map(({ rule, text }) => `! ${titleOf({ section: 'rules', name: rule })}: ${text}\n`);
  const summary = dryRun
    ? `${countChanges(changes, { create: 'to create', update: 'to change', remove: 'to remove' })}. Dry run: nothing was changed.`
    : `${countChanges(changes, { create: 'created', update: 'changed', remove: 'removed' })}.`;
  return [describeChanges(changes), lines.join(''), `${summary}\n`].filter((part) => part !== '').join('\n');
}
