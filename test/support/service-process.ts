import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { replicaUrlFor } from '../../src/testing/replica-url-for.js';
import { eventually } from './eventually.js';
import { freePort } from './free-port.js';
import { replicas } from './replicas.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The service as an operator runs it: a process of its own, from the built files. */
export class ServiceProcess {
  /** Everything that it has written, standard output and standard error. */
  output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    const collect = (chunk: string): void => void (this.output += chunk);
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
  }

  /** Starts it with these variables and no others but what belongs to the tests' database; waits until it is ready. */
  static async start(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const port = env['PORT'] ?? String(await freePort());
    const child = spawn(process.execPath, ['dist/main.js'], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        DATABASE_PREPARED: process.env['DATABASE_PREPARED'],
        WORKERS: String(replicas),
        DATABASE_REPLICA_URL: replicaUrlFor(env['DATABASE_URL'], process.env),
        HOST: '127.0.0.1',
        PORT: port,
        LOG_FORMAT: 'json',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service = new ServiceProcess(child, `http://127.0.0.1:${port}`);
    const saysSo = env['LOG_LEVEL'] === undefined;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`The service ended: ${service.output}`);
      // Of several workers the first answers before the last does, and before the notice of a first start.
      if (saysSo && !service.output.includes('Ready at')) return false;
      return fetch(`${service.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return service;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What the log has said so far, line by line. */
  get log(): Record<string, unknown>[] {
    const lines = this.output.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** The exit code, once it has ended and everything that it wrote has been read. */
  async ended(): Promise<number | null> {
    if (this.child.stdout?.closed !== true) await once(this.child, 'close');
    return this.child.exitCode;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.signal('SIGTERM');
    await this.ended();
  }
}
