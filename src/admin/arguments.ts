import { parseArgs } from 'node:util';
import { StartError } from '../common/errors/start.error.js';

/** One thing that an operator can ask for. */
export type Command =
  | { readonly kind: 'status' }
  | { readonly kind: 'migrate' }
  | { readonly kind: 'account list' }
  | { readonly kind: 'account create'; readonly slug: string; readonly email: string | null }
  | {
      readonly kind: 'token issue';
      readonly account: string | null;
      readonly email: string | null;
      readonly name: string;
      readonly days: number | null;
    };

export const usage = `npm run admin -- COMMAND, while the service runs or not:

  status                                           the database in use, its schema and its accounts
  migrate                                          bring the database to the schema of this release
  account list
  account create SLUG [--email ADDRESS]            another account, with an admin, a personal token and an API key
  token issue [--account SLUG] [--email ADDRESS] [--name NAME] [--days N]
                                                   a personal token, by default for the first admin, without an end
`;

const longestLife = 3_650;

/** @throws StartError naming the word that is not understood */
export function parseCommand(words: readonly string[]): Command {
  const { positionals, values } = parse(words);
  const kind = positionals.slice(0, positionals[0] === 'account' || positionals[0] === 'token' ? 2 : 1).join(' ');
  const rest = positionals.slice(kind.split(' ').length);
  const { account = null, email = null, name = 'npm run admin', days } = values;
  const given = Object.keys(values);
  const takes = (names: readonly string[], operands: number): void => {
    const excess = rest[operands] ?? given.find((option) => !names.includes(option));
    if (excess !== undefined) throw new StartError(`"${kind}" does not take "${excess}".`);
  };
  switch (kind) {
    case 'status':
    case 'migrate':
    case 'account list':
      takes([], 0);
      return { kind };
    case 'account create': {
      takes(['email'], 1);
      const slug = rest[0] ?? '';
      if (!/^[a-z0-9-]{1,63}$/.test(slug)) {
        throw new StartError('A slug is 1 to 63 lower-case letters, digits and dashes: account create SLUG.');
      }
      return { kind, slug, email: checkedEmail(email) };
    }
    case 'token issue':
      takes(['account', 'email', 'name', 'days'], 0);
      return { kind, account, email: checkedEmail(email), name: checkedName(name), days: checkedDays(days) };
    default:
      throw new StartError(`There is no command "${kind}"; "npm run admin" without one lists them.`);
  }
}

function parse(words: readonly string[]) {
  const option = { type: 'string' } as const;
  const options = { account: option, email: option, name: option, days: option };
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    throw new StartError((error as Error).message.split('. ')[0]);
  }
}

function checkedEmail(email: string | null): string | null {
  if (email === null || /^(?=.{3,254}$)[^\s@]+@[^\s@]+$/.test(email)) return email;
  throw new StartError(`--email: "${email}" is not an e-mail address.`);
}

function checkedName(name: string): string {
  if (name.trim() !== '' && name.length <= 255) return name.trim();
  throw new StartError('--name takes 1 to 255 characters.');
}

function checkedDays(days: string | undefined): number | null {
  if (days === undefined) return null;
  if (/^\d{1,4}$/.test(days) && Number(days) >= 1 && Number(days) <= longestLife) return Number(days);
  throw new StartError(`--days takes a whole number from 1 to ${longestLife}.`);
}
