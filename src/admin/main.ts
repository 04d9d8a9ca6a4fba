import 'reflect-metadata';
import { StartError } from '../common/errors/start.error.js';
import { readEnv, readEnvironment } from '../config/env.js';
import { commands } from './commands/index.js';
import { findCommand } from './find-command.js';

const usage = `npm run admin -- COMMAND, while the service runs or not:\n\n${commands.map((one) => one.usage).join('')}`;

/** `npm run admin -- …`: one command, its answer on standard output, and the end. */
async function main(words: readonly string[]): Promise<string> {
  if (words.length === 0 || words.includes('--help')) return usage;
  const { command, input } = findCommand(words, commands);
  return command.run(input, readEnv(readEnvironment()));
}

try {
  process.stdout.write(await main(process.argv.slice(2)));
} catch (error) {
  const text = error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`versioner: ${text}\n`);
  process.exitCode = 1;
}
