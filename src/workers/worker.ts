import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AccountSetup } from '../accounts/account-setup.js';
import { firstStart } from '../accounts/first-start.js';
import { createApp } from '../app.setup.js';
import { Clock } from '../common/clock.js';
import { createLog } from '../common/logging/create-log.js';
import { PinoLogger } from '../common/logging/pino-logger.js';
import { type Env, readEnv, readEnvironment } from '../config/env.js';
import { gracefulStop } from '../health/graceful-stop.js';
import { keepHeapSmall } from '../health/keep-heap-small.js';
import { Channel, type Line } from './channel.js';
import type { ToPrimary, ToWorker } from './questions.js';
import { describeFailure, explainListening } from './start-failure.js';
import { stopSignals, stopTimes } from './stopping.js';
import { WorkerSiblings } from './worker-siblings.js';

/**
 * Serves as one of several workers: does what the primary asks, step by step. It ends when the primary says so, and at
 * once when the primary is gone (Node sees to that in every worker of a cluster).
 */
export async function serve(): Promise<void> {
  // A terminal and systemd signal all processes; when to stop is for the primary to say.
  for (const signal of stopSignals) process.on(signal, () => undefined);
  let env: Env;
  let app: NestExpressApplication | null = null;
  let siblings: WorkerSiblings | null = null;

  const channel: Channel<ToPrimary, ToWorker> = new Channel<ToPrimary, ToWorker>(
    primaryLine(),
    {
      prepare: async ({ number, databaseUrl, upForMs }) => {
        env = readEnv(readEnvironment());
        const log = createLog({ level: env.logLevel, format: env.logFormat, worker: number });
        Logger.overrideLogger(new PinoLogger(log));
        const clock = new Clock();
        siblings = new WorkerSiblings(channel, number, clock.monotonic() - upForMs);
        const made = await createApp({ env, clock, databaseUrl, siblings });
        await made.init();
        app = made;
      },
      firstStart: async ({ mayShow }) => firstStart(app!.get(AccountSetup, { strict: false }), env, mayShow),
      listen: async () => {
        await app!.listen(env.port, env.host).catch((error: unknown) => {
          throw explainListening(error, env);
        });
        keepHeapSmall();
        return (app!.getHttpServer().address() as AddressInfo).port;
      },
      beOnDuty: () => siblings!.beOnDuty(),
      forgetCredentials: () => siblings?.answers.forgetCredentials?.(),
      metrics: async () => (await siblings?.answers.metrics?.()) ?? [],
      stop: async () => {
        if (app !== null) await gracefulStop(app, stopTimes);
        process.exit(0);
      },
    },
    describeFailure,
  );
  await channel.ask('arrived', null);
}

function primaryLine(): Line {
  return {
    // A message that cannot be sent any more: the primary is gone, and so is this process in a moment.
    send: (message) => void (process.connected && process.send!(message, undefined, undefined, () => undefined)),
    onMessage: (listener) => void process.on('message', listener as NodeJS.MessageListener),
  };
}
