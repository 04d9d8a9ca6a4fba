import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
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
      workers: 1,
      databaseUrl: null,
      databaseReplicaUrl: null,
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
      oidcIssuer: null,
      oidcAudience: null,
      oidcAccountClaim: null,
      oidcGroupsClaim: 'groups',
      oidcGroupRoles: null,
      oidcGroupApproverRoles: null,
      oidcAlgorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      oidcClockToleranceSeconds: 30,
      metricsPort: null,
      metricsToken: null,
      auditSigningKey: null,
      logLevel: 'info',
      logFormat: process.stdout.isTTY ? 'pretty' : 'json',
    });
  });

  it.each([
    ['PORT', ' 8080 ', { port: 8080 }],
    ['PORT', '', { port: 3000 }],
    ['HOST', '::1', { host: '::1' }],
    ['WORKERS', '4', { workers: 4 }],
    ['WORKERS', 'Auto', { workers: availableParallelism() }],
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
    ['WORKERS', '0', 'WORKERS: the value "0" is below 1; allowed: auto, or a whole number from 1 to 64.'],
    [
      'WORKERS',
      'all',
      'WORKERS: the value "all" is not a whole number; allowed: auto, or a whole number from 1 to 64.',
    ],
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
      'AUDIT_SIGNING_KEY',
      'c2hvcnQ=',
      'AUDIT_SIGNING_KEY: the value is not 32 bytes in base64; allowed: an Ed25519 private key as PEM (PKCS #8), or its 32 bytes in base64.',
    ],
    [
      'AUDIT_SIGNING_KEY',
      '-----BEGIN PRIVATE KEY-----',
      'AUDIT_SIGNING_KEY: the value is no private key in PEM; allowed: an Ed25519 private key as PEM (PKCS #8), or its 32 bytes in base64.',
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

describe('single sign-on', () => {
  const issuer = { OIDC_ISSUER: 'https://sso.example.com/', OIDC_AUDIENCE: 'api' };

  it.each([
    ['OIDC_ISSUER', 'https://sso.example.com/realms/main/', { oidcIssuer: 'https://sso.example.com/realms/main/' }],
    ['OIDC_ISSUER', 'http://127.0.0.1:9000', { oidcIssuer: 'http://127.0.0.1:9000' }],
    ['OIDC_ISSUER', 'http://[::1]:9000', { oidcIssuer: 'http://[::1]:9000' }],
    ['OIDC_AUDIENCE', 'api://versioner  web', { oidcAudience: ['api://versioner', 'web'] }],
    ['OIDC_ACCOUNT_CLAIM', 'https://example.com/org', { oidcAccountClaim: 'https://example.com/org' }],
    ['OIDC_ALGORITHMS', 'ES384, EdDSA', { oidcAlgorithms: ['ES384', 'EdDSA'] }],
    ['OIDC_GROUP_ROLES', '{"a, b=c": "admin"}', { oidcGroupRoles: new Map([['a, b=c', 'admin']]) }],
    ['OIDC_GROUP_ROLES', '{}', { oidcGroupRoles: new Map() }],
    [
      'OIDC_GROUP_APPROVER_ROLES',
      '{"a": "lead", "b": [" owner ", "lead"]}',
      {
        oidcGroupApproverRoles: new Map([
          ['a', ['lead']],
          ['b', ['owner', 'lead']],
        ]),
      },
    ],
  ])('reads %s=%s', (name, value, expected) => {
    expect(readEnv({ ...issuer, [name]: value })).toMatchObject(expected);
  });

  it.each([
    ['OIDC_ISSUER', 'sso.example.com', 'OIDC_ISSUER: the value "sso.example.com" is not a URL; '],
    ['OIDC_ISSUER', 'http://sso.example.com', 'OIDC_ISSUER: the value "http://sso.example.com" is not encrypted; '],
    ['OIDC_ISSUER', 'http://localhost.example.com', 'OIDC_ISSUER: the value "http://localhost.example.com" is not enc'],
    ['OIDC_ISSUER', 'https://sso.example.com/?a', 'OIDC_ISSUER: the value "https://sso.example.com/?a" has a query'],
    ['OIDC_ISSUER', 'https://me:pw@sso.example.com', 'OIDC_ISSUER: the value "https://me:pw@sso.example.com" holds a'],
    ['OIDC_ISSUER', 'ftp://sso.example.com', 'OIDC_ISSUER: the value "ftp://sso.example.com" has another scheme; '],
    [
      'OIDC_AUDIENCE',
      '',
      'OIDC_AUDIENCE: missing while OIDC_ISSUER is set; allowed: one or more audiences with spaces',
    ],
    ['OIDC_ALGORITHMS', 'RS256,none', 'OIDC_ALGORITHMS: the value "RS256,none" names "none"; allowed: some of RS256, '],
    ['OIDC_ALGORITHMS', 'HS256', 'OIDC_ALGORITHMS: the value "HS256" names "HS256"; allowed: some of RS256, RS384, '],
    ['OIDC_ALGORITHMS', ',', 'OIDC_ALGORITHMS: the value "," names none; '],
    [
      'OIDC_GROUP_ROLES',
      'a=admin',
      'OIDC_GROUP_ROLES: the value "a=admin" is not JSON; allowed: JSON as {"group": "rol',
    ],
    ['OIDC_GROUP_ROLES', '["a"]', 'OIDC_GROUP_ROLES: the value "[\\"a\\"]" is no JSON object; '],
    ['OIDC_GROUP_ROLES', '{"a":"boss"}', 'OIDC_GROUP_ROLES: the value "{\\"a\\":\\"boss\\"}" names the role "boss"; '],
    [
      'OIDC_GROUP_APPROVER_ROLES',
      '{"a":[1]}',
      'OIDC_GROUP_APPROVER_ROLES: the value "{\\"a\\":[1]}" has the approver role 1; ',
    ],
    [
      'OIDC_GROUP_APPROVER_ROLES',
      '{"a":" "}',
      'OIDC_GROUP_APPROVER_ROLES: the value "{\\"a\\":\\" \\"}" has the approver',
    ],
    ['OIDC_CLOCK_TOLERANCE_SECONDS', '301', 'OIDC_CLOCK_TOLERANCE_SECONDS: the value "301" is above 300; '],
  ])('refuses %s=%s in one line', (name, value, line) => {
    let told = '';
    try {
      readEnv({ ...issuer, [name]: value });
    } catch (error) {
      told = (error as EnvError).message;
    }
    expect(told).toContain(line);
    expect(told).not.toContain('\n');
  });

  it.each(['OIDC_AUDIENCE', 'OIDC_ACCOUNT_CLAIM', 'OIDC_GROUP_ROLES', 'OIDC_GROUP_APPROVER_ROLES'])(
    'refuses %s without an issuer',
    (name) => {
      expect(() => readEnv({ [name]: '{}' })).toThrow(
        `${name}: set while OIDC_ISSUER is not; allowed: both or neither.`,
      );
    },
  );
});

it('refuses one port for two servers, in one line that names both', () => {
  expect(() => readEnv({ PORT: '3100', METRICS_PORT: '3100' })).toThrow(
    new EnvError('PORT and METRICS_PORT are both 3100; allowed: two different ports.'),
  );
  expect(() => readEnv({ METRICS_PORT: '3000' })).toThrow('PORT and METRICS_PORT are both 3000');
  expect(readEnv({ PORT: '3100', METRICS_PORT: '3101' })).toMatchObject({ port: 3100, metricsPort: 3101 });
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
  expect(unknownVariables({ ...source, OIDC_GROUP_ROLE: '{}' })).toEqual(['VERSIONER_ACOUNT', 'OIDC_GROUP_ROLE']);
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
