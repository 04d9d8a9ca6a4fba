import { Global, Module } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { Siblings } from '../../workers/siblings.js';
import { createLog } from './create-log.js';
import { PinoLogger } from './pino-logger.js';
import { RequestLog } from './request-log.js';

/** The log, for Nest and for the requests. */
@Global()
@Module({
  providers: [
    {
      provide: PinoLogger,
      useFactory: (env: Env, { number }: Siblings) =>
        new PinoLogger(createLog({ level: env.logLevel, format: env.logFormat, worker: number })),
      inject: [Env, Siblings],
    },
    RequestLog,
  ],
  exports: [PinoLogger, RequestLog],
})
export class LoggingModule {}
