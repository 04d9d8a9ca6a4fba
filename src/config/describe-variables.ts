import type { Variable } from './variable.js';
import { variables } from './variables.js';

const all: readonly Variable<unknown>[] = Object.values(variables);

const [begin, end] = ['<!-- made from src/config/variables.ts -->', '<!-- end -->'];

/** The page docs/operations.md with the list of variables as it is now, padded as Prettier does. */
export function withVariablesTable(page: string): string {
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  return `${page.slice(0, from)}\n\n${table()}\n\n${page.slice(to)}`;
}

function table(): string {
  const cells = all.map(({ name, secret, shownDefault, allowed, description }) => {
    const names = secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
    return [names, shownDefault, `${description} Allowed: ${allowed}.`];
  });
  const rows = [['variable', 'default', 'meaning'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
  lines.splice(
    1,
    0,
    widths.map((width) => '-'.repeat(width)),
  );
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** The file .env.example: everything that can be set, nothing set. */
export function envExample(): string {
  const head = [
    '# Copy to .env and set what you need: a line without the # at its beginning is set.',
    '# docs/operations.md has the same list with what is allowed.',
    '',
    '# For docker compose: the password of its database; letters and digits, for example from: openssl rand -hex 24',
    'POSTGRES_PASSWORD=',
    '',
  ];
  const entries = all.map(({ name, shownDefault, description }) => {
    const value = /^`([^`]*)`$/.exec(shownDefault)?.[1] ?? '';
    return `# ${description}\n#${name}=${value}\n`;
  });
  return `${head.join('\n')}\n${entries.join('\n')}`;
}
