import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commands } from '../../src/admin/commands/index.js';
import { findCommand } from '../../src/admin/find-command.js';
import { readEnv } from '../../src/config/env.js';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs `npm run admin -- WORDS` on the database of a service that runs meanwhile, to its end. */
export async function runAdmin(
  { databaseUrl }: { readonly databaseUrl: string },
  words: readonly string[],
  input = '',
): Promise<Ended> {
  const child = spawn(process.execPath, ['dist/admin/main.js', ...words], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      DATABASE_PREPARED: process.env['DATABASE_PREPARED'],
      LOG_FORMAT: 'json',
      DATABASE_URL: databaseUrl,
    },
    stdio: 'pipe',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
  // A command that ends without reading it closes its end.
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The same in this process, which has loaded everything already: the text that it would show, or what stops it. */
export async function runCommand(
  { databaseUrl }: { readonly databaseUrl: string },
  words: readonly string[],
): Promise<Ended> {
  const { command, input } = findCommand(words, commands);
  const env = readEnv({ DATABASE_URL: databaseUrl, DATABASE_PREPARED: process.env['DATABASE_PREPARED'] });
  return command.run(input, env).then(
    (stdout) => ({ code: 0, stdout, stderr: '' }),
    (error: Error) => ({ code: 1, stdout: '', stderr: `versioner: ${error.message}\n` }),
  );
}

/** Applies what would stand in a file, in this process; faults name it FILE. */
export async function applyText(
  service: { readonly databaseUrl: string },
  yaml: string,
  words: readonly string[] = [],
): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'versioner-apply-'));
  try {
    const file = join(folder, 'versioner.yaml');
    await writeFile(file, yaml);
    const ended = await runCommand(service, ['apply', file, ...words]);
    return { ...ended, stderr: ended.stderr.replaceAll(file, 'FILE') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
