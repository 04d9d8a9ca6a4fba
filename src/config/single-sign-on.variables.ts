import { type Role, roles } from '../auth/permissions.js';
import { codePoints, isWellFormedText } from '../common/validation/text.js';
import { BadValue, type Options, type Variable, variable } from './variable.js';

/** Public-key algorithms alone: with a shared secret whoever verifies a token could make one. */
const knownAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Whether a URL leads to this machine, where nobody can listen in. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** An issuer, kept to the letter: tokens name it so, with or without a slash at the end (OpenID Connect Discovery, 4.3). */
export function issuer(options: Options<string | null>): Variable<string | null> {
  const allowed = 'an https URL without query and fragment, or an http URL of this machine';
  return variable(options, allowed, (text) => {
    if (!URL.canParse(text)) throw new BadValue('is not a URL');
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new BadValue('has another scheme');
    if (url.protocol === 'http:' && !isLoopback(url)) throw new BadValue('is not encrypted');
    if (/[?#\s]/.test(text)) throw new BadValue('has a query or a fragment');
    if (url.username !== '' || url.password !== '') throw new BadValue('holds a user or a password');
    return text;
  });
}

/** One or more audiences, with spaces between. */
export function audiences(options: Options<readonly string[] | null>): Variable<readonly string[] | null> {
  return variable(options, 'one or more audiences with spaces between', (text) => text.split(/\s+/));
}

/** Names of signature algorithms, with commas or spaces between. */
export function algorithms(options: Options<readonly string[]>): Variable<readonly string[]> {
  return variable(options, `some of ${knownAlgorithms.join(', ')}`, (text) => {
    const names = text.split(/[\s,]+/).filter((name) => name !== '');
    const unknown = names.find((name) => !knownAlgorithms.includes(name));
    if (unknown !== undefined) throw new BadValue(`names ${JSON.stringify(unknown)}`);
    if (names.length === 0) throw new BadValue('names none');
    return names;
  });
}

/** `{"group": "role"}`. */
export function rolesByGroup(options: Options<null>): Variable<ReadonlyMap<string, Role> | null> {
  const allowed = `JSON as {"group": "role"}, with the roles ${roles.join(', ')}`;
  return variable<ReadonlyMap<string, Role> | null>(options, allowed, (text) =>
    mapOf(text, (value) => {
      const role = roles.find((known) => known === value);
      if (role === undefined) throw new BadValue(`names the role ${JSON.stringify(value)}`);
      return role;
    }),
  );
}

/** `{"group": "approver role"}` or `{"group": ["approver role", …]}`. */
export function approverRolesByGroup(options: Options<null>): Variable<ReadonlyMap<string, readonly string[]> | null> {
  const allowed =
    'JSON as {"group": "approver role"} or {"group": ["approver role", "another"]}, each up to 100 characters';
  return variable<ReadonlyMap<string, readonly string[]> | null>(options, allowed, (text) =>
    mapOf(text, (value) => {
      const names: unknown[] = Array.isArray(value) ? value : [value];
      if (names.every(isApproverRole)) return names.map((name) => name.trim());
      throw new BadValue(`has the approver role ${JSON.stringify(names.find((name) => !isApproverRole(name)))}`);
    }),
  );
}

function isApproverRole(name: unknown): name is string {
  if (typeof name !== 'string' || name.trim() === '') return false;
  return codePoints(name) <= 100 && isWellFormedText(name);
}

function mapOf<T>(text: string, read: (value: unknown) => T): ReadonlyMap<string, T> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new BadValue('is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new BadValue('is no JSON object');
  return new Map(Object.entries(parsed).map(([group, value]) => [group, read(value)]));
}
