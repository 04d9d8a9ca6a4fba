import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from '../common/errors/start.error.js';
import { isError } from '../common/errors/is-error.js';
import type { Env } from '../config/env.js';

/** @throws the error of a port that cannot be listened on; `explainListening` puts it into words */
export async function requireFreePort({ port, host }: Env): Promise<void> {
  const probe = createServer().listen(port, host);
  await once(probe, 'listening');
  await new Promise((closed) => probe.close(closed));
}

/** What an operator can do about a port or an address that cannot be listened on; any other error as it is. */
export function explainListening(error: unknown, { port, host }: Env): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new StartError(`PORT: ${port} is in use by another program; choose another.`);
  if (code === 'EACCES') return new StartError(`PORT: this user may not listen on ${port}; choose one above 1023.`);
  if (code === 'EADDRNOTAVAIL') return new StartError(`HOST: ${host} is no address of this machine.`);
  return error;
}

/** One line for what an operator can mend, the whole error for what is a fault of the service. */
export function describeFailure(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return isError(error) ? (error.stack ?? error.message) : String(error);
}
