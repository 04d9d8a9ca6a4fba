/** What can be wrong with an audit log. */
export const chainFaultKinds = [
  'edited',
  'removed',
  'added',
  'reordered',
  'broken_link',
  'bad_signature',
  'removed_before_sealing',
] as const;
export type ChainFaultKind = (typeof chainFaultKinds)[number];

/** One thing that is wrong, as the API tells it. */
export interface ChainFault {
  readonly kind: ChainFaultKind;
  /** Null for what was never numbered. */
  readonly seq: number | null;
  /** Of a range; else the same as `seq`. */
  readonly last_seq: number | null;
  readonly entry_id: string | null;
  readonly message: string;
}

/** Faults that are told; more are counted. */
const maxTold = 100;

/** Collects faults: the first hundred, and the number of all. */
export class ChainFaults {
  private readonly told: ChainFault[] = [];
  count = 0;

  add(
    kind: ChainFaultKind,
    seq: number | null,
    message: string,
    { entry_id = null, last_seq = seq }: Partial<Pick<ChainFault, 'entry_id' | 'last_seq'>> = {},
  ): void {
    this.count++;
    if (this.told.length < maxTold) this.told.push({ kind, seq, last_seq, entry_id, message });
  }

  /** Numbers of which neither link nor entry is there. */
  lost(seq: number, lastSeq: number): void {
    this.add('removed', seq, 'The entries are gone, and their links', { last_seq: lastSeq });
  }

  /** A link that comes after a later one. What was missed as lost for its sake was not lost. */
  reordered(seq: number, entryId: string | null): void {
    const at = this.told.findIndex(
      (fault) => fault.kind === 'removed' && fault.entry_id === null && fault.seq === seq && fault.last_seq === seq,
    );
    if (at !== -1) {
      this.told.splice(at, 1);
      this.count--;
    }
    this.add('reordered', seq, 'The link comes after a later one, or twice', { entry_id: entryId });
  }

  list(): readonly ChainFault[] {
    return this.told;
  }
}
