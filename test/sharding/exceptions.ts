/** A statement that has to look at several accounts, or at none that it knows. */
export interface Exception {
  /** Of its text, with white space folded. */
  readonly pattern: RegExp;
  readonly reason: string;
}

const accounts = '"public"\\."accounts"';

/**
 * Every statement that does not name one account for each table that it uses. On a database that is distributed by the
 * account each of them asks all shards, or wants `accounts` on every node. docs/scaling.md lists them for operators.
 */
export const exceptions: readonly Exception[] = [
  {
    pattern: /WITH ORDINALITY AS asked \(kind, account_slug, hash, n\)/,
    reason: 'looks credentials up, of several accounts at once, by the account name and the hash that they carry',
  },
  {
    pattern: /LEFT JOIN accounts a ON a\.slug = \$1::text LEFT JOIN invitations i/,
    reason: 'looks an invitation up, likewise',
  },
  {
    pattern: new RegExp(`FROM ${accounts} WHERE \\(?${accounts}\\."slug" (= \\$1|IN \\()`),
    reason: 'finds an account by its name: sign-on, and the operator’s commands',
  },
  {
    pattern: /FROM accounts a JOIN feed_tokens f .* WHERE a\.slug = \$1::text$/,
    reason: 'looks the token of a calendar or a badge up, likewise',
  },
  {
    pattern: /^SELECT id FROM accounts WHERE slug = \$1$/,
    reason: 'finds an account by its name: verifying its audit log by a command',
  },
  {
    pattern: /^SELECT id, slug FROM accounts WHERE id::text = \$1 OR slug = \$2/,
    reason: 'asks whether the account of an export is here already: a command',
  },
  {
    pattern: /^SELECT FROM accounts LIMIT \$1$/,
    reason: 'asks at start whether there is any account at all',
  },
  {
    pattern: new RegExp(`^SELECT ${accounts}\\."id" FROM ${accounts} WHERE \\$\\d+=\\$\\d+ LIMIT`),
    reason: 'asks the same once more, while it holds the lock under which the first account is made',
  },
  {
    pattern: /^SELECT id FROM accounts ORDER BY id$/,
    reason: 'lists the accounts in which deployments may have gone stale, once a minute',
  },
  {
    pattern: /"retention_runs" AS "t0"/,
    reason: 'lists the accounts that retention is due for, every ten minutes',
  },
  {
    pattern: /^WITH RECURSIVE waiting AS \( \(SELECT account_id FROM audit_unsealed/,
    reason: 'lists the accounts whose audit log is to be sealed, in the background',
  },
  {
    pattern: /^SELECT c\.slug AS account, s\.seq::float8 AS seq/,
    reason: 'shows the newest seal of every account in the log, in the background',
  },
  {
    pattern: /^DELETE FROM idempotency_keys WHERE .* ORDER BY created_at LIMIT/,
    reason: 'removes old idempotency keys of all accounts, once an hour',
  },
  {
    pattern: /"_aggr_count_users"/,
    reason: 'lists all accounts with their numbers of people and keys: a command',
  },
  { pattern: /^SELECT slug FROM accounts ORDER BY slug$/, reason: 'lists all accounts: a command' },
];
