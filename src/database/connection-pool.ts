import type { Socket } from 'node:net';
import pg from 'pg';
import { UnavailableError } from '../common/errors/request.errors.js';

export interface ConnectionPoolOptions extends pg.PoolConfig {
  /** A connection in use on which nothing moves for this long is dead (milliseconds). */
  readonly silenceMs: number;
  /** Requests that may wait for a connection before new ones are turned away at once. */
  readonly maxWaiting: number;
}

type ConnectCallback = Parameters<pg.Pool['connect']>[0];

/**
 * The driver's pool with two habits more, for hand-written statements and Prisma alike.
 *
 * A statement that gets no answer ends its connection. The driver's own `query_timeout` only gives up on the
 * statement: a transaction that times out that way goes back to the pool still open, and what the next request
 * writes on it is lost with it. And where one connection has gone silent, the idle ones have most likely too (a cut
 * cable, a firewall that forgot them), so they are not left for the next requests to find out one by one.
 *
 * A full queue turns away at once.
 */
export class ConnectionPool extends pg.Pool {
  private readonly inUse = new WeakSet<pg.ClientBase>();
  private readonly maxWaiting: number;

  constructor({ silenceMs, maxWaiting, ...options }: ConnectionPoolOptions) {
    super(options);
    this.maxWaiting = maxWaiting;
    this.on('acquire', (client) => this.inUse.add(client));
    this.on('release', (_error, client) => this.inUse.delete(client));
    this.on('connect', (client) => this.watch(client, silenceMs));
    // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
    this.on('error', () => undefined);
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    if (this.waitingCount >= this.maxWaiting) {
      const error = new UnavailableError();
      return callback ? callback(error, undefined, () => undefined) : Promise.reject(error);
    }
    return callback ? super.connect(callback) : super.connect();
  }

  /** Closes the connections that nobody uses at this moment; the next requests open new ones. */
  discardIdle(): void {
    // The pool hands out idle connections in the order of asking, so nobody can come in between.
    for (let count = this.idleCount; count > 0; count--) {
      super.connect((error, client, release) => {
        if (error || !client) return;
        // Without a farewell: where nobody listens any more, waiting for its end would take a quarter of an hour.
        socketOf(client).destroy();
        release(true);
      });
    }
  }

  private watch(client: pg.ClientBase, silenceMs: number): void {
    // One that breaks between two statements of a transaction tells the next of them.
    client.on('error', () => undefined);
    const socket = socketOf(client);
    socket.setTimeout(silenceMs);
    socket.on('timeout', () => {
      if (!this.inUse.has(client)) return;
      socket.destroy(new SilentConnectionError());
      this.discardIdle();
    });
  }
}

/** No answer in time. It looks like the socket error that it stands for, which Prisma's adapter also knows. */
class SilentConnectionError extends Error {
  readonly code = 'ETIMEDOUT';
  readonly syscall = 'read';
  readonly errno = -110;

  constructor() {
    super('The database did not answer in time');
  }
}

function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream;
}
