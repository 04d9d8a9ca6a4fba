/** How a table is exported and restored. */
export interface ExportedTable {
  readonly name: string;
  /** Which of its columns names the account; it is left out of the rows, and set anew by an import. */
  readonly accountColumn: 'account_id' | 'id';
  /** Secrets and their hashes: an export holds none, and an import puts random bytes in the place of those that may not be NULL. */
  readonly withheld: readonly { readonly column: string; readonly restoredAs: 'random' | 'null' }[];
  /** References to rows that come later: an import sets them at its end. */
  readonly setAtEnd: readonly string[];
}

type Extras = Partial<Omit<ExportedTable, 'name'>>;

const table = (name: string, extras: Extras = {}): ExportedTable => {
  return { name, accountColumn: 'account_id', withheld: [], setAtEnd: [], ...extras };
};
const secretHash: Extras = { withheld: [{ column: 'secret_hash', restoredAs: 'random' }] };

/**
 * Everything that an account owns, in an order in which it can be restored: what is referred to comes first. A test
 * compares this list, and the one below, with the tables that there are.
 */
export const exportedTables: readonly ExportedTable[] = [
  table('accounts', { accountColumn: 'id' }),
  table('users'),
  table('user_roles'),
  table('api_keys', { ...secretHash, setAtEnd: ['rotated_from'] }),
  table('personal_access_tokens', secretHash),
  table('invitations', secretHash),
  table('products'),
  table('product_names'),
  table('environments'),
  table('environment_names'),
  table('environment_types'),
  table('feed_tokens', secretHash),
  table('versions'),
  table('version_shas'),
  table('builds'),
  table('build_events'),
  table('environment_states', { setAtEnd: ['deployment_id'] }),
  table('deployments'),
  table('preflight_checks'),
  table('deployment_events'),
  table('deployment_rules'),
  table('deployment_rule_revisions'),
  table('rule_violations'),
  table('approvals'),
  table('preflight_overrides'),
  table('audit_log'),
  table('audit_unsealed'),
  table('audit_links'),
  table('audit_signing_keys', { withheld: [{ column: 'private_key', restoredAs: 'null' }] }),
  table('audit_seals'),
  table('audit_stubs'),
];

/** Tables of an account that no export holds, and why. */
export const leftOutTables: Readonly<Record<string, string>> = {
  idempotency_keys: 'Answers that are kept for 24 hours, for the credentials of this service',
  retention_runs: 'How far this service has come with its own work; what it has removed is in the audit log',
};
