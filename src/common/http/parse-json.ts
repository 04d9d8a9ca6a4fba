import { isUtf8 } from 'node:buffer';
import { InvalidJsonError } from '../errors/request.errors.js';

/** Bounds that hold before a body costs anything: how deep it nests, and how many commas and colons it has. */
const maxDepth = 64;
const maxSeparators = 100_000;

/**
 * The value of a JSON text in UTF-8, with or without a byte order mark.
 * @throws InvalidJsonError for anything else, and for what is nested too deep or has too many parts to be meant well
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes) || !isBounded(bytes)) throw new InvalidJsonError();
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text) as unknown;
  } catch {
    throw new InvalidJsonError();
  }
}

function isBounded(bytes: Buffer): boolean {
  let depth = 0;
  let separators = 0;
  let inText = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (inText) {
      if (byte === 0x5c /* \ */) index++;
      else if (byte === 0x22 /* " */) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x7b /* { */ || byte === 0x5b /* [ */) {
      if (++depth > maxDepth) return false;
    } else if (byte === 0x7d /* } */ || byte === 0x5d /* ] */) depth--;
    else if ((byte === 0x2c /* , */ || byte === 0x3a) /* : */ && ++separators > maxSeparators) return false;
  }
  return true;
}
