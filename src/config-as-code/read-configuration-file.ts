import { createReadStream } from 'node:fs';
import { StartError } from '../common/errors/start.error.js';
import { maxFileBytes } from './read-yaml.js';

/**
 * The bytes of a file, or of standard input for `-`; of one that is too large, enough to tell.
 * @throws StartError where it cannot be read
 */
export async function readConfigurationFile(name: string): Promise<Uint8Array> {
  if (name === '-') return collect(process.stdin);
  try {
    return await collect(createReadStream(name));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new StartError(`${name} cannot be read: ${reason}.`);
  }
}

async function collect(chunks: AsyncIterable<unknown>): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const part = Buffer.from(chunk as Buffer);
    parts.push(part);
    bytes += part.length;
    if (bytes > maxFileBytes) break;
  }
  return Buffer.concat(parts);
}
