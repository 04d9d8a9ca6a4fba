import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { StartError } from '../common/errors/start.error.js';
import { BadValue, type Variable } from './variable.js';
import { variables } from './variables.js';

type Declared = { readonly [K in keyof typeof variables]: (typeof variables)[K] extends Variable<infer T> ? T : never };

/** The configuration of one service: every environment variable, checked, with its default where it was absent. */
export interface Env extends Omit<Declared, 'logFormat' | 'dataDir'> {
  /** Absolute. */
  readonly dataDir: string;
  readonly logFormat: 'json' | 'pretty';
}

/** Made by `readEnv`; a class so that it can be injected. */
export class Env {
  constructor(values: Env) {
    Object.assign(this, values);
  }
}

/** A configuration that cannot be used. The message is the one line that the operator reads; it holds no secret. */
export class EnvError extends StartError {}

/**
 * Reads and checks the configuration. An empty value counts as absent. Each secret may also be given as the name of
 * a file that holds it, in `<NAME>_FILE`.
 *
 * @throws EnvError for the first value that cannot be used
 */
export function readEnv(source: NodeJS.ProcessEnv): Env {
  const values: Record<string, unknown> = {};
  for (const [field, variable] of Object.entries(variables)) values[field] = read(variable, source);
  const declared = values as Declared;
  for (const field of ['adminToken', 'apiKey'] as const) requireAccount(declared, field);
  requireTwoPorts(declared);
  requireIssuer(declared);
  requirePrimary(declared);

  const { logFormat } = declared;
  const onTerminal = process.stdout.isTTY;
  return new Env({
    ...declared,
    dataDir: resolve(declared.dataDir),
    logFormat: logFormat === 'auto' ? (onTerminal ? 'pretty' : 'json') : logFormat,
  });
}

/** The process's environment, on top of what `.env` in the given folder says. The only reader of `process.env`. */
export function readEnvironment(directory: string = process.cwd()): NodeJS.ProcessEnv {
  let file = '';
  try {
    file = readFileSync(join(directory, '.env'), 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new EnvError(`.env cannot be read (${codeOf(error)}).`);
  }
  return { ...parseEnv(file), ...process.env };
}

/** Variables that look like ours and are none: most likely misspelt. */
export function unknownVariables(source: NodeJS.ProcessEnv): string[] {
  const known = new Set(Object.values(variables).flatMap(({ name }) => [name, `${name}_FILE`]));
  return Object.keys(source).filter((name) => /^(VERSIONER|OIDC)_/.test(name) && !known.has(name));
}

function read(variable: Variable<unknown>, source: NodeJS.ProcessEnv): unknown {
  const { name, secret, allowed } = variable;
  const text = (secret ? readSecret(name, source) : source[name])?.trim() ?? '';
  if (text === '') return variable.absent();
  try {
    return variable.parse(text);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    const shown = secret ? '' : ` ${JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)}`;
    throw new EnvError(`${name}: the value${shown} ${error.message}; allowed: ${allowed}.`);
  }
}

function readSecret(name: string, source: NodeJS.ProcessEnv): string | undefined {
  const file = source[`${name}_FILE`]?.trim() ?? '';
  if (file === '') return source[name];
  if ((source[name]?.trim() ?? '') !== '') {
    throw new EnvError(`${name} and ${name}_FILE are both set; allowed: one of the two.`);
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new EnvError(
      `${name}_FILE: ${JSON.stringify(file)} cannot be read (${codeOf(error)}); allowed: a readable file.`,
    );
  }
}

function requireAccount(values: Declared, field: 'adminToken' | 'apiKey'): void {
  const slug = values[field]?.split('_')[1];
  if (slug === undefined || slug === values.account) return;
  const { name, allowed } = variables[field];
  throw new EnvError(
    `${name}: the value is of another account than ${JSON.stringify(values.account)}; allowed: ${allowed}.`,
  );
}

/** Single sign-on is on as a whole or off as a whole: half of it set is a mistake, and may be a hole. */
function requireIssuer(values: Declared): void {
  if (values.oidcIssuer !== null) {
    if (values.oidcAudience !== null) return;
    const { name, allowed } = variables.oidcAudience;
    throw new EnvError(`${name}: missing while OIDC_ISSUER is set; allowed: ${allowed}.`);
  }
  const fields = ['oidcAudience', 'oidcAccountClaim', 'oidcGroupRoles', 'oidcGroupApproverRoles'] as const;
  const field = fields.find((one) => values[one] !== null);
  if (field === undefined) return;
  throw new EnvError(`${variables[field].name}: set while OIDC_ISSUER is not; allowed: both or neither.`);
}

/** The embedded PostgreSQL is replicated nowhere. */
function requirePrimary({ databaseUrl, databaseReplicaUrl }: Declared): void {
  if (databaseReplicaUrl === null || databaseUrl !== null) return;
  throw new EnvError('DATABASE_REPLICA_URL: set while DATABASE_URL is not; allowed: both, or DATABASE_URL alone.');
}

function requireTwoPorts({ port, metricsPort }: Declared): void {
  if (port !== metricsPort || port === 0) return;
  throw new EnvError(`PORT and METRICS_PORT are both ${port}; allowed: two different ports.`);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}
