import cluster from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FirstStart } from '../accounts/first-start.js';
import { Buckets } from '../auth/rate-limit/buckets.js';
import { Clock } from '../common/clock.js';
import { announce } from './announce.js';
import { fail } from './fail.js';
import { FleetMetrics } from './fleet-metrics.js';
import { Fleet } from './fleet.js';
import type { Opened } from './service.js';
import { explainListening, requireFreePort } from './start-failure.js';
import { stopOnSignal } from './stopping.js';

/** How long a worker is waited for that has the others forget credentials, or wants the metrics of all (milliseconds). */
const forgetPatienceMs = 200;
const metricsPatienceMs = 2_000;

/**
 * Serves in several workers. This process serves nothing itself: it holds the database open, hands connections to the
 * workers, starts them again when they end, and keeps what they share (docs/adr/0017).
 */
export async function start({ env, source, database, logger }: Opened): Promise<void> {
  const clock = new Clock();
  const buckets = new Buckets(clock);
  const metrics = new FleetMetrics();
  cluster.setupPrimary({ exec: fileURLToPath(new URL('../main.js', import.meta.url)) });
  const fleet: Fleet = new Fleet({
    count: env.workers,
    environment: source,
    databaseUrl: database.url,
    clock,
    logger,
    answersFor: (asking) => ({
      take: (hits) => hits.map((hit) => buckets.take(hit)),
      forgetCredentials: async () => {
        const others = [...fleet.serving].filter(([number]) => number !== asking);
        const told = others.map(async ([, { channel }]) => channel.ask('forgetCredentials', null));
        await within(forgetPatienceMs, Promise.allSettled(told));
      },
      metricsPage: async () => {
        const given = [...fleet.serving].map(async ([number, worker]) => {
          const numbers = await worker.channel.ask('metrics', null);
          if (worker.serves) metrics.note(number, numbers);
        });
        await within(metricsPatienceMs, Promise.allSettled(given));
        return metrics.render();
      },
    }),
    onEnd: (number) => metrics.noteEnd(number),
    onLost: async (error) => {
      await database.close();
      fail(error);
    },
  });

  let made: FirstStart | null = null;
  const port = await fleet.start(async (first) => {
    // First the port, then the account: secrets that are shown once must not be lost above an error.
    await requireFreePort(env).catch((error: unknown) => {
      throw explainListening(error, env);
    });
    made = await first.channel.ask('firstStart', { mayShow: database.embedded !== null });
    stopOnSignal(async () => {
      logger.log('Stopping…');
      await fleet.stop();
      await database.close();
      logger.log('Stopped');
    });
  });
  announce(logger, env, port, made);
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).catch(() => undefined);
  await Promise.race([work, late]);
  done.abort();
}
