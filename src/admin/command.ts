import { StartError } from '../common/errors/start.error.js';
import type { Env } from '../config/env.js';

/** What an operator wrote behind the words of a command. */
export interface CommandInput {
  readonly operands: readonly string[];
  /** By name; those that take no value are `true` when given. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
}

/** One thing that an operator can ask for: `npm run admin -- WORDS …`. */
export interface AdminCommand {
  /** What it is called: `token issue`. */
  readonly words: string;
  /** Its lines in the list of commands, each of at most 120 characters. */
  readonly usage: string;
  /** How many operands it takes at most. */
  readonly operands: number;
  /** The options that it takes, by name: whether each takes a value. */
  readonly options: Readonly<Record<string, 'value' | 'flag'>>;
  /**
   * Answers what to show on standard output, with a newline at its end. What may be long is written there meanwhile.
   * @throws StartError with one line for what the operator can mend
   */
  run(input: CommandInput, env: Env): Promise<string>;
}

/** The operand at that place. @throws StartError, which names what is missing */
export function requireOperand({ operands }: CommandInput, place: number, name: string, command: string): string {
  const operand = operands[place];
  if (operand === undefined || operand === '') throw new StartError(`${name} is missing: ${command}.`);
  return operand;
}

/** The text of an option, or null where it is not given. */
export function textOption({ options }: CommandInput, name: string): string | null {
  const value = options[name];
  return typeof value === 'string' ? value : null;
}
