import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Logger } from '@nestjs/common';

/** A client that takes nothing for so long is gone (milliseconds). */
const stallMs = 60_000;
/** Lines that are made ahead of the client. */
const linesAhead = 16;

/**
 * Answers the lines that a generator makes, as fast as the client takes them. What fails before the first line is thrown, to
 * be refused as usual; what fails later ends the connection without the end of the answer, so that nobody takes it for
 * whole.
 */
export async function sendJsonLines(response: ServerResponse, lines: AsyncGenerator<string>): Promise<void> {
  const first = await lines.next();
  response.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
  response.setTimeout(stallMs, () => response.destroy());
  const all = async function* () {
    if (first.done !== true) yield first.value;
    yield* lines;
  };
  try {
    await pipeline(Readable.from(all(), { objectMode: true, highWaterMark: linesAhead }), response);
  } catch (error) {
    response.destroy();
    new Logger('JsonLines').warn(`An export ended early: ${error instanceof Error ? error.message : String(error)}`);
  }
}
