import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError, InvalidJsonError } from '../errors/request.errors.js';

/** The most that a body may have, as sent and as unpacked (bytes). */
export const maxBodyBytes = 1024 * 1024;

const unpackers: Readonly<Record<string, (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** The client went away before it had sent its whole request: nobody is left to answer. */
export class ClientGoneError extends Error {}

/**
 * The whole body of a request, unpacked.
 * @throws BodyTooLargeError as soon as it is known to be over 1 MiB; the rest is read and dropped, so that the client
 * can read its answer and use the connection again
 * @throws InvalidJsonError for an encoding that is not known or does not hold what it says
 */
export async function collectBody(request: IncomingMessage): Promise<Buffer> {
  const sent = await collect(request);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || sent.length === 0) return sent;
  const unpack = Object.hasOwn(unpackers, encoding) ? unpackers[encoding] : undefined;
  if (unpack === undefined) throw new InvalidJsonError();
  try {
    return await unpack(sent, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? new BodyTooLargeError()
      : new InvalidJsonError();
  }
}

/** Whether a request says that a body follows (RFC 9112, section 6). */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function collect(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return reject(new BodyTooLargeError());
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBodyBytes) settle(() => reject(new BodyTooLargeError()));
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    const onGone = () => settle(() => reject(new ClientGoneError('The client closed the connection')));
    const settle = (outcome: () => void) => {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      outcome();
    };
    // An error event without a listener would end the process; 'close' follows it.
    request
      .on('data', onData)
      .on('end', onEnd)
      .on('close', onGone)
      .on('error', () => undefined);
  });
}
