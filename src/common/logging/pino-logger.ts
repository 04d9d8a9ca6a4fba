import { format } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import type pino from 'pino';
import { isError } from '../errors/is-error.js';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What Nest says about each module and route while it starts: of use to somebody who looks for a fault, else noise. */
const startUpDetails = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * Nest's logger on pino: `app.useLogger(app.get(PinoLogger))`, and every `new Logger(name)` writes there, its name as
 * `context`. A message may be a text, an error, or an object whose fields become fields of the line.
 */
export class PinoLogger implements LoggerService {
  constructor(readonly pino: pino.Logger) {}

  log(message: unknown, ...params: unknown[]): void {
    const isDetail = params.some((param) => typeof param === 'string' && startUpDetails.has(param));
    this.write(isDetail ? 'debug' : 'info', message, params);
  }

  fatal(message: unknown, ...params: unknown[]): void {
    this.write('fatal', message, params);
  }

  error(message: unknown, ...params: unknown[]): void {
    this.write('error', message, params);
  }

  warn(message: unknown, ...params: unknown[]): void {
    this.write('warn', message, params);
  }

  debug(message: unknown, ...params: unknown[]): void {
    this.write('debug', message, params);
  }

  verbose(message: unknown, ...params: unknown[]): void {
    this.write('trace', message, params);
  }

  /** Nest passes what it was given, then a stack where it has one, then the name of the logger. */
  private write(level: Level, message: unknown, params: readonly unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const fields: Record<string, unknown> = {};
    const texts = params.filter((param) => typeof param === 'string');
    const stack = texts.find(isStack);
    const context = texts.findLast((text) => !isStack(text));
    if (context !== undefined) fields['context'] = context;
    const error = [message, ...params].find(isError);
    if (error !== undefined) fields['err'] = error;
    else if (stack !== undefined) fields['stack'] = stack;
    if (typeof message === 'object' && message !== null && !isError(message)) Object.assign(fields, message);
    this.pino[level](fields, textOf(message));
  }
}

function textOf(message: unknown): string | undefined {
  if (isError(message)) return message.message;
  if (typeof message === 'object') return undefined;
  return typeof message === 'string' ? message : format(message);
}

function isStack(text: string): boolean {
  return /\n\s+at /.test(text);
}
