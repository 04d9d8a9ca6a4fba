import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';

/** Why a text cannot be the value of a variable. Never holds the text of a secret. */
export class BadValue extends Error {}

/** One environment variable: what it is called, what it takes, and what stands for it when it is absent. */
export interface Variable<T> {
  readonly name: string;
  /** One sentence for the documentation. */
  readonly description: string;
  /** What may be written, in words; ends the line that refuses a value. */
  readonly allowed: string;
  /** The default as the documentation shows it. */
  readonly shownDefault: string;
  /** Secrets are never echoed and may be given as a file, in `<NAME>_FILE`. */
  readonly secret: boolean;
  readonly absent: () => T;
  /** Throws `BadValue`. */
  readonly parse: (text: string) => T;
}

/** What every kind of variable is declared with. */
export interface Options<T> {
  readonly name: string;
  readonly description: string;
  readonly default: T;
  /** Where the default depends on the surroundings: how the documentation says so. */
  readonly shownDefault?: string;
  readonly secret?: boolean;
}

/** A variable of a kind of its own; `parse` throws `BadValue`. */
export function variable<T>(options: Options<T>, allowed: string, parse: (text: string) => T): Variable<T> {
  const { name, description, secret = false } = options;
  const shownDefault = options.shownDefault ?? (options.default === null ? 'none' : `\`${String(options.default)}\``);
  return { name, description, allowed, shownDefault, secret, absent: () => options.default, parse };
}

/** A whole number within bounds. */
export function integer<D extends number | null>(
  options: Options<D> & { min: number; max: number },
): Variable<number | D> {
  const { min, max } = options;
  return variable<number | D>(options, `a whole number from ${min} to ${max}`, (text) => {
    if (!/^-?\d+$/.test(text)) throw new BadValue('is not a whole number');
    const value = Number(text);
    if (value < min) throw new BadValue(`is below ${min}`);
    if (value > max) throw new BadValue(`is above ${max}`);
    return value;
  });
}

/** A number of processes; `auto` is one for each core that this process may use. */
export function processes(options: Options<number> & { max: number }): Variable<number> {
  const { max } = options;
  const counted = integer({ ...options, min: 1, max });
  return variable(options, `auto, or ${counted.allowed}`, (value) =>
    value.toLowerCase() === 'auto' ? Math.min(max, availableParallelism()) : counted.parse(value),
  );
}

/** `true`, `false`, and what people write instead. */
export function toggle(options: Options<boolean>): Variable<boolean> {
  return variable(options, 'true or false', (text) => {
    if (/^(true|on|yes|1)$/i.test(text)) return true;
    if (/^(false|off|no|0)$/i.test(text)) return false;
    throw new BadValue('is neither true nor false');
  });
}

/** One of a few words. */
export function choice<T extends string>(options: Options<T> & { values: readonly T[] }): Variable<T> {
  return variable<T>(options, `one of ${options.values.join(', ')}`, (text) => {
    const value = options.values.find((candidate) => candidate === text.toLowerCase());
    if (value === undefined) throw new BadValue('is not known');
    return value;
  });
}

/** Text of a given shape. */
export function text<D extends string | null>(
  options: Options<D> & { allowed: string; pattern: RegExp; fault: string; min?: number },
): Variable<string | D> {
  return variable<string | D>(options, options.allowed, (value) => {
    if (!options.pattern.test(value)) throw new BadValue(options.fault);
    if (value.length < (options.min ?? 0)) throw new BadValue(`is shorter than ${options.min} characters`);
    return value;
  });
}

/** An absolute URL of one of the given schemes, without a slash at its end. */
export function url(options: Options<string | null> & { schemes: readonly string[] }): Variable<string | null> {
  const allowed = `a URL that starts with ${options.schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return variable(options, allowed, (value) => {
    // A socket's URL (postgresql://user@/name?host=/run) has no host, which URL.parse refuses for no good reason.
    const scheme = /^([a-z][a-z0-9+.-]*):\/\/\S+$/i.exec(value)?.[1]?.toLowerCase();
    if (scheme === undefined) throw new BadValue('is not a URL');
    if (!options.schemes.includes(scheme)) throw new BadValue('has another scheme');
    if (scheme.startsWith('http') && !URL.canParse(value)) throw new BadValue('is not a URL');
    return value.replace(/\/+$/, '');
  });
}

/** The address to listen on. */
export function address(options: Options<string>): Variable<string> {
  return variable(options, 'an IP address or a host name', (value) => {
    if (isIP(value) === 0 && !/^[a-z0-9]([a-z0-9.-]{0,252})$/i.test(value)) throw new BadValue('is neither');
    return value;
  });
}

const proxyWords = ['loopback', 'linklocal', 'uniquelocal'];

/** Which proxies are believed when they name the caller's address: as Express's setting `trust proxy`. */
export function proxies(options: Options<boolean | number | string[]>): Variable<boolean | number | string[]> {
  const allowed = `false, the number of proxies in front, or their addresses (IP, CIDR, ${proxyWords.join(', ')}) with commas`;
  return variable(options, allowed, (value) => {
    if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
    if (/^\d{1,2}$/.test(value)) return Number(value);
    const addresses = value.split(',').map((part) => part.trim());
    if (!addresses.every((part) => proxyWords.includes(part) || isAddressRange(part))) {
      throw new BadValue('names something that is not an address');
    }
    return addresses;
  });
}

function isAddressRange(range: string): boolean {
  const [ip = '', bits, ...rest] = range.split('/');
  const version = isIP(ip);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
