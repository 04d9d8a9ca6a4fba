import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { envExample, withVariablesTable } from './describe-variables.js';
import { EnvError, readEnv, readEnvironment, unknownVariables } from './env.js';

const random = 'Zv3Jfih3AqwfwhSAwxzYvGDmWX7CQvNH';

describe('readEnv', () => {
  it('has a default for everything', () => {
    expect({ ...readEnv({}) }).toEqual({
      port: 3000,
      host: '0.0.0.0',
      databaseUrl: null,
      dataDir: resolve('data'),
      databasePoolSize: 10,
      databasePrepared: true,
      migrate: 'auto',
      account: 'default',
      adminEmail: 'admin@localhost',
      adminToken: null,
      apiKey: null,
      publicUrl: null,
      rateLimitPerMinute: 1000,
      redisUrl: null,
      trustProxy: false,
      metricsPort: null,
      metricsToken: null,
      logLevel: 'info',
      logFormat: process.stdout.isTTY ? 'pretty' : 'json',
    });
  });

  it.each([
    ['PORT', ' 8080 ', { port: 8080 }],
    ['PORT', '', { port: 3000 }],
    ['HOST', '::1', { host: '::1' }],
    ['DATABASE_URL', 'postgresql://u:p@h/d?host=%2Frun', { databaseUrl: 'postgresql://u:p@h/d?host=%2Frun' }],
    ['DATABASE_PREPARED', 'off', { databasePrepared: false }],
    ['DATABASE_PREPARED', 'TRUE', { databasePrepared: true }],
    ['VERSIONER_PUBLIC_URL', 'https://versioner.example.com/', { publicUrl: 'https://versioner.example.com' }],
    ['VERSIONER_API_KEY', `sk_default_ci_${random}`, { apiKey: `sk_default_ci_${random}` }],
    ['TRUST_PROXY', '2', { trustProxy: 2 }],
    ['TRUST_PROXY', 'true', { trustProxy: true }],
    ['TRUST_PROXY', 'loopback, 10.0.0.0/8', { trustProxy: ['loopback', '10.0.0.0/8'] }],
    ['LOG_FORMAT', 'pretty', { logFormat: 'pretty' }],
    ['LOG_LEVEL', 'WARN', { logLevel: 'warn' }],
    ['RATE_LIMIT_PER_MINUTE', '0', { rateLimitPerMinute: 0 }],
  ])('reads %s=%s', (name, value, expected) => {
    expect(readEnv({ [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['PORT', 'http', 'PORT: the value "http" is not a whole number; allowed: a whole number from 0 to 65535.'],
    ['PORT', '70000', 'PORT: the value "70000" is above 65535; allowed: a whole number from 0 to 65535.'],
    ['PORT', '30\n00', 'PORT: the value "30\\n00" is not a whole number; allowed: a whole number from 0 to 65535.'],
    ['VERSIONER_MIGRATE', 'yes', 'VERSIONER_MIGRATE: the value "yes" is not known; allowed: one of auto, check, off.'],
    [
      'DATABASE_URL',
      'mysql://root:secret@db/x',
      'DATABASE_URL: the value has another scheme; allowed: a URL that starts with postgresql:// or postgres://.',
    ],
    [
      'VERSIONER_ACCOUNT',
      'Acme!',
      'VERSIONER_ACCOUNT: the value "Acme!" is not a slug; allowed: 1 to 63 lower-case letters, digits and dashes.',
    ],
    [
      'VERSIONER_API_KEY',
      'sk_default_ci_tooshort',
      'VERSIONER_API_KEY: the value has another shape; allowed: sk_{account}_{key}_{random} with the slug of VERSIONER_ACCOUNT and at least 32 random letters and digits.',
    ],
    [
      'VERSIONER_ADMIN_TOKEN',
      `pat_acme_${random}`,
      'VERSIONER_ADMIN_TOKEN: the value is of another account than "default"; allowed: pat_{account}_{random} with the slug of VERSIONER_ACCOUNT and at least 32 random letters and digits.',
    ],
    [
      'METRICS_TOKEN',
      'short',
      'METRICS_TOKEN: the value is shorter than 16 characters; allowed: at least 16 characters without spaces.',
    ],
    [
      'TRUST_PROXY',
      'nginx',
      'TRUST_PROXY: the value "nginx" names something that is not an address; allowed: false, the number of proxies in front, or their addresses (IP, CIDR, loopback, linklocal, uniquelocal) with commas.',
    ],
  ])('refuses %s=%s in one line that holds no secret', (name, value, line) => {
    expect(() => readEnv({ [name]: value })).toThrow(new EnvError(line));
  });
});

describe('secrets in files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'versioner-env-'));
    writeFileSync(join(folder, 'token'), 'a-token-of-some-length\n');
    writeFileSync(join(folder, '.env'), 'PORT=4000\nLOG_LEVEL="debug" # more\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read from <NAME>_FILE', () => {
    expect(readEnv({ METRICS_TOKEN_FILE: join(folder, 'token') }).metricsToken).toBe('a-token-of-some-length');
  });

  it('cannot be given twice, nor from a file that is not there', () => {
    const both = { METRICS_TOKEN: 'a-token-of-some-length', METRICS_TOKEN_FILE: join(folder, 'token') };
    expect(() => readEnv(both)).toThrow('METRICS_TOKEN and METRICS_TOKEN_FILE are both set; allowed: one of the two.');
    const missing = join(folder, 'nothing');
    expect(() => readEnv({ METRICS_TOKEN_FILE: missing })).toThrow(
      `METRICS_TOKEN_FILE: "${missing}" cannot be read (ENOENT); allowed: a readable file.`,
    );
  });

  it('reads .env below the environment', () => {
    expect(readEnvironment(folder)).toMatchObject({ PORT: '4000', LOG_LEVEL: 'debug', PATH: process.env['PATH'] });
    expect(readEnvironment(tmpdir())).not.toHaveProperty('PORT', '4000');
  });
});

it('finds what looks misspelt', () => {
  const source = { VERSIONER_ACOUNT: 'x', VERSIONER_API_KEY_FILE: '/x', VERSIONER_ACCOUNT: 'y', PATH: '/bin' };
  expect(unknownVariables(source)).toEqual(['VERSIONER_ACOUNT']);
});

describe('the documentation', () => {
  const read = (name: string) => readFileSync(join(import.meta.dirname, '../..', name), 'utf8');

  it('lists every variable as it is in the code (npm run docs)', () => {
    const page = read('docs/operations.md');
    expect(withVariablesTable(page)).toBe(page);
    expect(page).toContain('`DATABASE_POOL_SIZE`');
    expect(read('.env.example')).toBe(envExample());
  });
});
