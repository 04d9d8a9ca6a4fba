import type { AddressInfo } from 'node:net';
import { AccountSetup } from '../accounts/account-setup.js';
import { firstStart } from '../accounts/first-start.js';
import { createApp } from '../app.setup.js';
import { Clock } from '../common/clock.js';
import { gracefulStop } from '../health/graceful-stop.js';
import { keepHeapSmall } from '../health/keep-heap-small.js';
import { announce } from './announce.js';
import type { Opened } from './service.js';
import { explainListening, requireFreePort } from './start-failure.js';
import { stopOnSignal, stopTimes } from './stopping.js';

/** Serves in this one process. */
export async function start({ env, database, logger }: Opened): Promise<void> {
  try {
    const app = await createApp({ env, clock: new Clock(), databaseUrl: database.url });
    await app.init();
    // First the port, then the account: secrets that are shown once must not be lost above an error.
    await requireFreePort(env);
    const made = await firstStart(app.get(AccountSetup, { strict: false }), env, database.embedded !== null);
    stopOnSignal(async () => {
      logger.log('Stopping…');
      await gracefulStop(app, stopTimes);
      await database.close();
      logger.log('Stopped');
    });
    await app.listen(env.port, env.host);
    const { port } = app.getHttpServer().address() as AddressInfo;
    announce(logger, env, port, made);
    keepHeapSmall();
  } catch (error) {
    throw explainListening(error, env);
  }
}
