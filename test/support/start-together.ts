import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { configureServer } from '../../src/common/http/configure-server.js';
import {
  type Replica,
  type RunningVersioner,
  startReplica,
  type StartOptions,
} from '../../src/testing/start-replica.js';
import { TestClock } from '../../src/testing/test-clock.js';
import { LinkedSiblings } from './linked-siblings.js';
import { replicas } from './replicas.js';

/**
 * What `npm run test:workers` puts in the place of `startVersioner` (jest.config.mjs): several of them on one database,
 * by one clock, linked as workers are, behind one address that hands requests out in turn, also those of one connection.
 */
export async function startVersioner(options: StartOptions = {}): Promise<RunningVersioner> {
  const siblings = LinkedSiblings.link(replicas);
  const shared = { ...options, clock: new TestClock() };
  // As workers do, they share the pool's size.
  const env = { ...options.env, WORKERS: String(replicas) };
  const first = await startReplica({ ...shared, env, siblings: siblings[0] });
  const others = siblings.slice(1).map(async (one) =>
    // Workers share the port of the metrics; what listens in one process cannot.
    startReplica({ ...shared, join: first, env: { ...env, METRICS_PORT: '' }, siblings: one }),
  );
  const all = [first, ...(await Promise.all(others))];
  const front = await inTurn(all);
  let stopped: Promise<void> | null = null;
  return {
    ...first,
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    async reset() {
      await first.reset();
      for (const one of all) one.forgetEverything();
      siblings[0]!.forgetHits();
    },
    stop: () => (stopped ??= stopAll(front, all)),
  };
}

async function inTurn(all: readonly Replica[]): Promise<Server> {
  let turn = 0;
  const front = createServer((request, response) => {
    all[turn++ % all.length]!.server.emit('request', request, response);
  });
  configureServer(front);
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return front;
}

/** The one that made the database comes last: with it that is dropped. */
async function stopAll(front: Server, [first, ...others]: readonly Replica[]): Promise<void> {
  front.close();
  await Promise.all(others.map((one) => one.stop()));
  await first!.stop();
  front.closeAllConnections();
}
