import { createReadStream } from 'node:fs';
import { StartError } from '../../common/errors/start.error.js';
import { type ImportedAccount, importAccount } from '../../transfer/import-account.js';
import { checkedSlug } from '../checked-options.js';
import { type AdminCommand, requireOperand, textOption } from '../command.js';
import { requireMigrated, withDatabase } from '../open-services.js';

export const importCommand: AdminCommand = {
  words: 'import',
  usage: `  import FILE [--as SLUG]                          restore an account from what GET /export gave; - is standard input\n`,
  operands: 1,
  options: { as: 'value' },
  run: async (input, env) => {
    const file = requireOperand(input, 0, 'The file', 'import FILE');
    const slug = textOption(input, 'as');
    if (slug !== null) checkedSlug(slug, 'import FILE --as SLUG');
    return withDatabase(env, async (databaseUrl) => {
      await requireMigrated(databaseUrl);
      const chunks = file === '-' ? process.stdin : createReadStream(file);
      return describe(await importAccount(databaseUrl, named(chunks), slug));
    });
  },
};

/** A file that cannot be read is the operator's to mend. */
async function* named(chunks: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) yield Buffer.from(chunk as Buffer);
  } catch (error) {
    if ((error as { syscall?: string }).syscall === undefined) throw error;
    throw new StartError(`The file cannot be read: ${(error as Error).message}.`);
  }
}

function describe({ slug, exportedAt, rows }: ImportedAccount): string {
  const width = Math.max(...[...rows.keys()].map(({ length }) => length));
  return [
    `Imported the account "${slug}" as it was at ${exportedAt}:`,
    ...[...rows].map(([table, count]) => `  ${table.padEnd(width)}  ${count}`),
    '',
    'No secret came along: its API keys, tokens, feeds and invitations are listed, but open nothing. What to do next:',
    `  npm run admin -- token issue --account ${slug}`,
    'and with that token new API keys for the pipelines, and invitations for the people.',
    '',
  ].join('\n');
}
