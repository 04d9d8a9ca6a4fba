import type { ServerResponse } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

const long = new WeakSet<ServerResponse>();

/** Whether a request may take longer than others before it is given up. */
export function mayTakeLong(response: ServerResponse): boolean {
  return long.has(response);
}

/** Lets a request take as long as it takes, and tells when its client has hung up. */
export function asLongRequest(response: ServerResponse): AbortSignal {
  long.add(response);
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  return hungUp.signal;
}

/**
 * For a handler that works through as much as there is, in pieces each of which fails by itself when the database is
 * away: its request is not given up. Hands it the signal that is given when the client has hung up, so that it stops.
 */
export const LongRequest = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal =>
  asLongRequest(context.switchToHttp().getResponse<ServerResponse>()),
);
