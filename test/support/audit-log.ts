import type { TestBed } from './use-versioner.js';
import { eventually } from './eventually.js';
import type { Pipeline } from './pipeline.js';

export interface Verification {
  readonly complete: boolean;
  readonly entries: number;
  readonly sealed: number;
  readonly unsealed: number;
  readonly unsealed_since: string | null;
  readonly head: { readonly seq: number; readonly hash: string; readonly key: string };
  readonly keys: readonly { readonly id: string; readonly public_key: string; readonly held_in: string }[];
  readonly faults: readonly {
    readonly kind: string;
    readonly seq: number | null;
    readonly last_seq: number | null;
    readonly entry_id: string | null;
  }[];
  readonly fault_count: number;
  readonly removed_ranges: readonly { readonly first_seq: number; readonly last_seq: number }[];
}

/** Waits until everything that was recorded so far is in the chain. */
export async function sealed(bed: TestBed): Promise<void> {
  await eventually(async () => (await bed.rows('SELECT FROM audit_unsealed')).length === 0);
}

export async function verified(by: Pipeline, query = ''): Promise<Verification> {
  const { status, body } = await by.get(`/audit-log/verify${query}`);
  if (status !== 200) throw new Error(`The verification answered ${status}: ${JSON.stringify(body)}`);
  return body as Verification;
}

/** What somebody does who may do everything with the database: no trigger keeps them from it. */
export async function asSuperuser(bed: TestBed, ...statements: string[]): Promise<void> {
  await bed.database.query('BEGIN; SET LOCAL session_replication_role = replica');
  try {
    for (const statement of statements) {
      const { rowCount } = await bed.database.query(statement);
      if (rowCount === 0) throw new Error(`This changed nothing: ${statement}`);
    }
    await bed.database.query('COMMIT');
  } catch (error) {
    await bed.database.query('ROLLBACK');
    throw error;
  }
}
