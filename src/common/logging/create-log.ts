import pino from 'pino';
import pretty from 'pino-pretty';
import { describeError } from './describe-error.js';
import { redactSecrets } from './redact-secrets.js';

export interface LogOptions {
  /** `silent`, `fatal`, `error`, `warn`, `info`, `debug` or `trace`. */
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** The number that each line carries, of one of several processes that write to the same output. */
  readonly worker?: number | null;
}

/** The fields of a request's line, which the pretty format says in its sentence. */
const sentenceFields = 'method,route,status,duration_ms,bytes,context';

const standardOutputs = new Map<LogOptions['format'], pino.DestinationStream>();

/**
 * The log of one service, one line per entry on standard output.
 *
 * @param destination where the lines go instead
 */
export function createLog(
  { level, format, worker = null }: LogOptions,
  destination?: pino.DestinationStream,
): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: worker === null ? null : { worker },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError },
    hooks: { streamWrite: redactSecrets },
  };
  return pino(
    options,
    destination ?? (level === 'silent' ? { write: () => undefined } : standardOutput(format, worker !== null)),
  );
}

/** Services that share a process share its standard output. */
function standardOutput(format: LogOptions['format'], isShared: boolean): pino.DestinationStream {
  const present = standardOutputs.get(format) ?? (format === 'json' ? jsonOutput(isShared) : prettyOutput());
  standardOutputs.set(format, present);
  return present;
}

/** A line waits for others so long at most (milliseconds), and for so many bytes. */
const longestWaitMs = 100;
const sharedWriteBytes = 8 * 1024;
/** What a pipe takes as a whole (PIPE_BUF), and what is waited for so that most writes come near it. */
const wholeWriteBytes = 4_096;
const nearlyWholeBytes = 3_072;

/**
 * Lines are written beside the requests and share writes; what is left is written at exit. A reader that has stopped
 * reading costs lines, never memory without bound or a stalled service.
 *
 * @param isShared with other processes: then no write is larger than what a pipe takes as a whole, so that nobody's line
 *   comes in the middle of another's
 */
function jsonOutput(isShared: boolean): pino.DestinationStream {
  return pino.destination({
    dest: 1,
    sync: false,
    minLength: isShared ? nearlyWholeBytes : sharedWriteBytes,
    maxWrite: isShared ? wholeWriteBytes : undefined,
    periodicFlush: longestWaitMs,
    maxLength: 16 * 1024 * 1024,
  });
}

function prettyOutput(): pino.DestinationStream {
  return pretty({
    destination: 1,
    sync: true,
    colorize: process.stdout.isTTY,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: sentenceFields,
    messageFormat: (log, messageKey) => sentenceOf(log as Record<string, string | number | undefined>, messageKey),
  });
}

function sentenceOf(log: Readonly<Record<string, string | number | undefined>>, messageKey: string): string {
  const { method, route, status, duration_ms: duration, context } = log;
  if (route !== undefined) return `${method} ${route} ${status} in ${duration} ms`;
  return `${context === undefined ? '' : `${context}: `}${log[messageKey] ?? ''}`;
}
