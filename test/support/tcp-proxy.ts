import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the network does between the service and its database. */
type Weather = 'fair' | 'silent' | 'refusing';

/** Where the database listens: a port, or a Unix socket. */
type Target = { readonly host: string; readonly port: number } | { readonly path: string };

/** One connection: the service's end and the database's. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Passes nothing on any more, and says nothing about it. */
  dead: boolean;
}

/** Stands between the service and PostgreSQL, and breaks the network between them in the ways that networks break. */
export class TcpProxy {
  private weather: Weather = 'fair';
  private delayMs = 0;
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly server: Server,
    private target: Target,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  /** In front of the database of a URL. */
  static async before(databaseUrl: string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, targetOf(databaseUrl));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The same database, by way of the proxy. */
  through(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The database has moved. */
  lead(databaseUrl: string): void {
    this.target = targetOf(databaseUrl);
  }

  /** Every answer of the database comes this much later (milliseconds). */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /** Passes nothing on, in either direction, and says nothing: half-open connections, and new ones like them. */
  swallow(): void {
    this.weather = 'silent';
    for (const pair of this.pairs) pair.dead = true;
  }

  /** Resets every connection, and each new one. */
  refuse(): void {
    this.weather = 'refusing';
    this.cut();
  }

  /** Resets every connection; new ones go through. */
  cut(): void {
    for (const { near, far } of this.pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** Resolves when the service next sends something. */
  async traffic(): Promise<void> {
    await new Promise((resolve) => this.server.once('traffic', resolve));
  }

  /** From now on all is well again; connections that were swallowed stay dead. */
  restore(): void {
    this.weather = 'fair';
    this.delayMs = 0;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(near: Socket): void {
    near.on('error', () => undefined);
    if (this.weather === 'refusing') return void near.resetAndDestroy();
    const far = connect(this.target);
    far.on('error', () => near.destroy());
    const pair: Pair = { near, far, dead: this.weather === 'silent' };
    this.pairs.add(pair);
    near.on('data', (chunk: Buffer) => {
      pass(pair, chunk, far);
      this.server.emit('traffic');
    });
    far.on('data', (chunk: Buffer) => {
      if (this.delayMs === 0) pass(pair, chunk, near);
      else setTimeout(() => pass(pair, chunk, near), this.delayMs);
    });
    near.on('close', () => {
      this.pairs.delete(pair);
      far.destroy();
    });
    far.on('close', () => {
      if (!pair.dead) near.destroy();
    });
  }
}

function pass(pair: Pair, chunk: Buffer, to: Socket): void {
  if (!pair.dead && !to.destroyed) to.write(chunk);
}

function targetOf(databaseUrl: string): Target {
  const { hostname, port, searchParams } = new URL(databaseUrl);
  const folder = searchParams.get('host');
  if (folder?.startsWith('/')) return { path: `${folder}/.s.PGSQL.${port || '5432'}` };
  return { host: folder ?? hostname, port: Number(port || '5432') };
}
