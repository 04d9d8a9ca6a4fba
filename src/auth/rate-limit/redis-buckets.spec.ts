import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RedisBuckets } from './redis-buckets.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function bucketsAt(port: number): { buckets: RedisBuckets; log: string[] } {
  const log: string[] = [];
  const buckets = new RedisBuckets(`redis://:secret@127.0.0.1:${port}`, {
    away: (reason) => log.push(reason),
    back: () => log.push('back'),
  });
  closers.push(() => buckets.close());
  return { buckets, log };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('RedisBuckets', () => {
  it('where nobody listens: not usable, said once, without the password', async () => {
    const server = createServer();
    const port = await listen(server);
    server.close();
    const { buckets, log } = bucketsAt(port);
    await buckets.connect();
    expect(buckets.usable).toBe(false);
    expect(await buckets.take('key', 10)).toBeNull();
    // Long enough for a few attempts to connect again.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(log).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(log.join()).not.toContain('secret');
  });

  it('where somebody listens who never answers: not usable, said once', async () => {
    const sockets = new Set<{ destroy(): void }>();
    const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    const port = await listen(server);
    closers.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { buckets, log } = bucketsAt(port);
    await buckets.connect();
    expect(buckets.usable).toBe(false);
    expect(await buckets.take('key', 10)).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(log).toHaveLength(1);
  });
});
