import { parseArgs } from 'node:util';
import { StartError } from '../common/errors/start.error.js';
import type { AdminCommand, CommandInput } from './command.js';

/**
 * The command that somebody wrote, and what it was given.
 * @throws StartError naming the word that is not understood
 */
export function findCommand(
  words: readonly string[],
  commands: readonly AdminCommand[],
): { command: AdminCommand; input: CommandInput } {
  const { positionals, values } = parse(words, commands);
  const command = commands
    .filter(({ words: own }) => own.split(' ').every((word, i) => positionals[i] === word))
    .sort((a, b) => b.words.length - a.words.length)[0];
  if (command === undefined) {
    const asked = positionals.slice(0, 2).join(' ');
    throw new StartError(`There is no command "${asked}"; "npm run admin" without one lists them.`);
  }
  const operands = positionals.slice(command.words.split(' ').length);
  const excess = operands[command.operands] ?? Object.keys(values).find((name) => !(name in command.options));
  if (excess !== undefined) throw new StartError(`"${command.words}" does not take "${excess}".`);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && command.options[name] === 'flag') {
      throw new StartError(`"${command.words}": --${name} takes no value.`);
    }
  }
  return { command, input: { operands, options: { ...values } } };
}

function parse(words: readonly string[], commands: readonly AdminCommand[]) {
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const command of commands) {
    for (const [name, kind] of Object.entries(command.options)) {
      options[name] = { type: kind === 'flag' ? 'boolean' : 'string' };
    }
  }
  try {
    const { positionals, values } = parseArgs({ args: [...words], allowPositionals: true, options });
    return { positionals, values: values as Record<string, string | true | undefined> };
  } catch (error) {
    throw new StartError((error as Error).message.split('. ')[0]);
  }
}
