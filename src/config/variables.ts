import { algorithms, approverRolesByGroup, audiences, issuer, rolesByGroup } from './single-sign-on.variables.js';
import { signingKey } from './signing-key.js';
import { address, choice, integer, processes, proxies, text, toggle, url } from './variable.js';

const claim = { allowed: 'the name of a claim, up to 200 characters', pattern: /^\S{1,200}$/, fault: 'is not a name' };

/** Every environment variable that the service reads, in the order of the documentation. */
export const variables = {
  port: integer({
    name: 'PORT',
    description: 'The port that the API listens on; 0 takes a free one.',
    default: 3000,
    min: 0,
    max: 65535,
  }),
  host: address({ name: 'HOST', description: 'The address that the API listens on.', default: '0.0.0.0' }),
  workers: processes({
    name: 'WORKERS',
    description: 'How many processes serve behind the one port; auto is one for each core that the service may use.',
    default: 1,
    max: 64,
  }),
  databaseUrl: url({
    name: 'DATABASE_URL',
    description: 'The PostgreSQL database (15 or later). Without it the service runs a PostgreSQL of its own.',
    default: null,
    shownDefault: 'embedded PostgreSQL',
    secret: true,
    schemes: ['postgresql', 'postgres'],
  }),
  databaseReplicaUrl: url({
    name: 'DATABASE_REPLICA_URL',
    description:
      'A standby of that database, by streaming replication: lists are read there, as new as ever; see "A read replica".',
    default: null,
    secret: true,
    schemes: ['postgresql', 'postgres'],
  }),
  dataDir: text({
    name: 'VERSIONER_DATA_DIR',
    description: 'The folder of the embedded PostgreSQL.',
    default: './data',
    allowed: 'a folder that may be written to',
    pattern: /^[^\0]+$/,
    fault: 'is not a path',
  }),
  databasePoolSize: integer({
    name: 'DATABASE_POOL_SIZE',
    description:
      'How many connections to the database each replica keeps at most, all its workers together (at least two for each).',
    default: 10,
    min: 1,
    max: 1000,
  }),
  databasePrepared: toggle({
    name: 'DATABASE_PREPARED',
    description:
      'Prepare statements once per connection; false behind a pooler that cannot follow them (PgBouncer before 1.21 in transaction mode).',
    default: true,
  }),
  migrate: choice({
    name: 'VERSIONER_MIGRATE',
    description: 'What to do at start where the database lacks migrations: apply them, refuse to start, or nothing.',
    default: 'auto',
    values: ['auto', 'check', 'off'],
  }),
  account: text({
    name: 'VERSIONER_ACCOUNT',
    description: 'The slug of the account that the first start creates; it stands in every key.',
    default: 'default',
    allowed: '1 to 63 lower-case letters, digits and dashes',
    pattern: /^[a-z0-9-]{1,63}$/,
    fault: 'is not a slug',
  }),
  adminEmail: text({
    name: 'VERSIONER_ADMIN_EMAIL',
    description: 'The e-mail address of the admin that the first start creates.',
    default: 'admin@localhost',
    allowed: 'an e-mail address of at most 254 characters',
    pattern: /^(?=.{3,254}$)[^\s@]+@[^\s@]+$/,
    fault: 'is not an e-mail address',
  }),
  adminToken: text({
    name: 'VERSIONER_ADMIN_TOKEN',
    description: "The admin's personal token, to know it in advance. Only the first start reads it.",
    default: null,
    secret: true,
    allowed: 'pat_{account}_{random} with the slug of VERSIONER_ACCOUNT and at least 32 random letters and digits',
    pattern: /^pat_[a-z0-9-]{1,63}_[0-9A-Za-z]{32,200}$/,
    fault: 'has another shape',
  }),
  apiKey: text({
    name: 'VERSIONER_API_KEY',
    description: 'The first API key, to know it in advance. Only the first start reads it.',
    default: null,
    secret: true,
    allowed: 'sk_{account}_{key}_{random} with the slug of VERSIONER_ACCOUNT and at least 32 random letters and digits',
    pattern: /^sk_[a-z0-9-]{1,63}_[a-z0-9-]{1,63}_[0-9A-Za-z]{32,200}$/,
    fault: 'has another shape',
  }),
  publicUrl: url({
    name: 'VERSIONER_PUBLIC_URL',
    description:
      'Where people and pipelines reach the service; links in answers start with it. Without it they are relative.',
    default: null,
    schemes: ['https', 'http'],
  }),
  rateLimitPerMinute: integer({
    name: 'RATE_LIMIT_PER_MINUTE',
    description: 'Requests a minute for each key or token, unless its account has a limit of its own; 0 is no limit.',
    default: 1000,
    min: 0,
    max: 1_000_000,
  }),
  redisUrl: url({
    name: 'REDIS_URL',
    description:
      'A Redis or Valkey in which replicas share the rate limit; without it each counts for itself, its workers together.',
    default: null,
    secret: true,
    schemes: ['redis', 'rediss'],
  }),
  trustProxy: proxies({
    name: 'TRUST_PROXY',
    description: "Which proxies are believed when they name the caller's address (X-Forwarded-For).",
    default: false,
  }),
  oidcIssuer: issuer({
    name: 'OIDC_ISSUER',
    description:
      'The OpenID Connect issuer whose access tokens are accepted, exactly as it names itself; see single-sign-on.md.',
    default: null,
  }),
  oidcAudience: audiences({
    name: 'OIDC_AUDIENCE',
    description: 'What the issuer calls this service: a token must be meant for it. Required with OIDC_ISSUER.',
    default: null,
  }),
  oidcAccountClaim: text({
    name: 'OIDC_ACCOUNT_CLAIM',
    description: "The claim that holds the slug of a person's account. Without it everybody is of VERSIONER_ACCOUNT.",
    default: null,
    ...claim,
  }),
  oidcGroupsClaim: text({
    name: 'OIDC_GROUPS_CLAIM',
    description: 'The claim that lists the groups of a person; dots lead into objects: realm_access.roles.',
    default: 'groups',
    ...claim,
  }),
  oidcGroupRoles: rolesByGroup({
    name: 'OIDC_GROUP_ROLES',
    description:
      'Which group makes which role, kept so at every sign-on; nobody else is more than a viewer. Without it roles are managed over REST.',
    default: null,
  }),
  oidcGroupApproverRoles: approverRolesByGroup({
    name: 'OIDC_GROUP_APPROVER_ROLES',
    description:
      'Which group makes which approver roles, kept so at every sign-on. Without it they are managed over REST.',
    default: null,
  }),
  oidcAlgorithms: algorithms({
    name: 'OIDC_ALGORITHMS',
    description: 'The algorithms that the issuer may sign access tokens with.',
    default: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    shownDefault: '`RS256 PS256 ES256 EdDSA`',
  }),
  oidcClockToleranceSeconds: integer({
    name: 'OIDC_CLOCK_TOLERANCE_SECONDS',
    description: "How far the issuer's clock may be from this one.",
    default: 30,
    min: 0,
    max: 300,
  }),
  metricsPort: integer({
    name: 'METRICS_PORT',
    description: 'A port of its own for /metrics, without authentication; keep it inside your network.',
    default: null,
    min: 1,
    max: 65535,
  }),
  metricsToken: text({
    name: 'METRICS_TOKEN',
    description: 'The bearer token for /metrics on the API port; without it /metrics is not there.',
    default: null,
    secret: true,
    allowed: 'at least 16 characters without spaces',
    pattern: /^[\x21-\x7e]+$/,
    fault: 'holds characters that a header cannot carry',
    min: 16,
  }),
  auditSigningKey: signingKey({
    name: 'AUDIT_SIGNING_KEY',
    description:
      'The Ed25519 key that signs the audit log, kept outside the database. Without it the service makes one and keeps it there.',
  }),
  logLevel: choice({
    name: 'LOG_LEVEL',
    description: 'The least important lines that are logged.',
    default: 'info',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  }),
  logFormat: choice({
    name: 'LOG_FORMAT',
    description: 'How log lines look.',
    default: 'auto',
    shownDefault: '`pretty` on a terminal, else `json`',
    values: ['auto', 'json', 'pretty'],
  }),
};
