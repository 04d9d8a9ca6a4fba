/** The five statuses that ever come out; `started` is shown as `in_progress` in one place of the contract only. */
export const statuses = ['pending', 'started', 'completed', 'failed', 'aborted'] as const;
export type Status = (typeof statuses)[number];

/** A deployment or build that has ended: completed, failed or aborted. */
export function isTerminal(status: Status): boolean {
  return status === 'completed' || status === 'failed' || status === 'aborted';
}

const shared: Record<Status, readonly string[]> = {
  pending: ['pending', 'queued', 'scheduled'],
  started: ['started', 'in_progress', 'init'],
  completed: ['success', 'completed', 'complete', 'finished'],
  failed: ['failed', 'fail', 'failure', 'error'],
  aborted: ['aborted', 'abort', 'canceled', 'cancelled', 'cancel', 'skipped'],
};

function aliasTable(extra: Partial<Record<Status, readonly string[]>>): ReadonlyMap<string, Status> {
  return new Map(
    statuses.flatMap((status) => [...shared[status], ...(extra[status] ?? [])].map((alias) => [alias, status])),
  );
}

const tables = {
  deployment: aliasTable({ started: ['deploying'], completed: ['deployed'] }),
  build: aliasTable({ started: ['building'], completed: ['built'] }),
};

/** The canonical status of any documented alias, in any letter case; null for anything else. */
export function normalizeStatus(kind: keyof typeof tables, raw: string): Status | null {
  return tables[kind].get(raw.trim().toLowerCase()) ?? null;
}
