import { Global, Module } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { createLog } from './create-log.js';
import { PinoLogger } from './pino-logger.js';
import { RequestLog } from './request-log.js';

/** The log, for Nest and for the requests. */
@Global()
@Module({
  providers: [
    {
      provide: PinoLogger,
      useFactory: (env: Env) => new PinoLogger(createLog({ level: env.logLevel, format: env.logFormat })),
      inject: [Env],
    },
    RequestLog,
  ],
  exports: [PinoLogger, RequestLog],
})
export class LoggingModule {}
