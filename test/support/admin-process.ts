import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** `npm run admin -- …` on the database of a service, as a process of its own, from the built files. */
export class AdminProcess {
  /** What it has written to standard output, and to standard error. */
  output = '';
  errors = '';

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (this.errors += chunk));
  }

  /** @param input a file for its standard input */
  static start(
    { databaseUrl }: { readonly databaseUrl: string },
    words: readonly string[],
    input: string | null = null,
  ): AdminProcess {
    const child = spawn(process.execPath, ['dist/admin/main.js', ...words], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        DATABASE_PREPARED: process.env['DATABASE_PREPARED'],
        LOG_FORMAT: 'json',
        DATABASE_URL: databaseUrl,
      },
      stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    if (input !== null) createReadStream(input).pipe(child.stdin!);
    return new AdminProcess(child);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** As `kill -9`. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  /** The exit code, once it has ended and everything that it wrote has been read; null where it was killed. */
  async ended(): Promise<number | null> {
    if (this.child.stdout?.closed !== true) await once(this.child, 'close');
    return this.child.exitCode;
  }
}
