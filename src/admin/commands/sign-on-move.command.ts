import { SignOnMoves } from '../../auth/single-sign-on/sign-on-moves.js';
import { StartError } from '../../common/errors/start.error.js';
import { readUuid } from '../../common/validation/uuid.js';
import { type AdminCommand, type CommandInput, requireOperand, textOption } from '../command.js';
import { withServices } from '../open-services.js';

const command = 'sign-on move FROM TO';

export const signOnMoveCommand: AdminCommand = {
  words: 'sign-on move',
  usage: `  sign-on move FROM TO [--account SLUG]            let whoever signs on as one person be another from now on (ids)
`,
  operands: 2,
  options: { account: 'value' },
  run: async (input, env) => {
    const accountSlug = textOption(input, 'account') ?? env.account;
    const [from, to] = [requireId(input, 0, 'FROM'), requireId(input, 1, 'TO')];
    const moved = await withServices(env, async (services) => {
      return services.get(SignOnMoves, { strict: false }).move({ accountSlug, from, to });
    });
    return `${moved.from.name} (${from}) signs on as ${moved.to.name} (${to}) from now on.\n`;
  },
};

function requireId(input: CommandInput, place: number, name: string): string {
  const id = readUuid(requireOperand(input, place, name, command));
  if (id !== null) return id;
  throw new StartError(`${name} is the id of a user: ${command}.`);
}
