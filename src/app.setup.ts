import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type Express } from 'express';
import { AppModule, type AppOptions } from './app.module.js';
import { ErrorFilter } from './common/filters/error.filter.js';
import { configureServer } from './common/http/configure-server.js';
import { ExpressServerAdapter } from './common/http/express-server.js';
import { HttpModule } from './common/http/http.module.js';
import { IdempotencyGuard } from './common/http/idempotency.guard.js';
import { InputGuard } from './common/http/input.guard.js';
import { requestId } from './common/http/request-id.middleware.js';
import { requestPath } from './common/http/request-path.middleware.js';
import { securityHeaders } from './common/http/security-headers.js';
import { PinoLogger } from './common/logging/pino-logger.js';
import { ValidationPipe } from './common/validation/validation.pipe.js';
import type { Env } from './config/env.js';
import { OpenApiDocument } from './docs/openapi-document.js';
import { RequestGate } from './health/request-gate.js';

/** The features, and what every request meets whatever its feature. */
@Module({})
class Versioner {}

/**
 * The whole service but its port: shared by `main.ts` and the tests. A request passes, in this order: id, path, security
 * headers, gate, route; then the guards, from who is calling to the body; then the pipe and the handler.
 */
export async function createApp(options: AppOptions): Promise<NestExpressApplication> {
  const root = { module: Versioner, imports: [AppModule.with(options), HttpModule] };
  const app = await NestFactory.create<NestExpressApplication>(
    root,
    new ExpressServerAdapter(createExpress(options.env)),
    {
      // InputGuard reads bodies, once it is known who is calling.
      bodyParser: false,
      bufferLogs: true,
      abortOnError: false,
      // However the features are listed: the catch-all route comes last, and no route hides another.
      routeResolutionStrategy: 'specificity',
      routeConflictPolicy: { duplicate: 'error' },
    },
  );
  app.useLogger(app.get(PinoLogger));
  const gate = app.get(RequestGate);
  app.use(requestId, requestPath, securityHeaders(), gate.use.bind(gate));
  app.useGlobalGuards(new InputGuard(), app.get(IdempotencyGuard));
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(new ErrorFilter());
  app.get(OpenApiDocument).describes(app);
  configureServer(app.getHttpServer());
  return app;
}

function createExpress(env: Env): Express {
  const server = express();
  server.disable('x-powered-by');
  // Entity tags are set where they mean something; Express would hash every answer.
  server.disable('etag');
  server.enable('case sensitive routing');
  server.set('trust proxy', env.trustProxy);
  return server;
}
