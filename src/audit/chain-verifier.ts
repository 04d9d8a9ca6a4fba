import { firstPreviousHash, hashEntry, hashLink } from './audit-chain.js';
import { ChainFaults, type ChainFault } from './chain-faults.js';
import { isSignedBy, type SealStatement, type SignedStatement, type StubStatement } from './audit-signatures.js';

/** A link of the chain with its entry. Hashes are hexadecimal. */
export interface VerifiedLink {
  readonly seq: number;
  readonly entryId: string | null;
  readonly entryHash: string;
  readonly hash: string;
  /** As canonical JSON; null where it is gone. */
  readonly entry: string | null;
}

type Signed<Statement> = Omit<Statement, 'kind' | 'account_id'> & { readonly key: string; readonly signature: string };
export type VerifiedSeal = Signed<SealStatement>;
export type VerifiedStub = Signed<StubStatement>;

/** An end of the chain that somebody has kept. */
export interface KnownHead {
  readonly seq: number;
  readonly hash: string;
}

/** What a key has signed. */
export interface KeyUse {
  readonly id: string;
  readonly first_seq: number;
  readonly last_seq: number;
}

export interface ChainVerifierOptions {
  readonly accountId: string;
  /** The link before the first one, where the chain does not begin at its beginning. */
  readonly start?: KnownHead;
  /** By id: the 32 bytes of each public key. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  /** The only keys that may sign; null: all of `keys`. */
  readonly trusted: ReadonlySet<string> | null;
  /** What the chain has to contain. */
  readonly expectHead: KnownHead | null;
}

export interface ChainReport {
  /** Links that were looked at. */
  readonly sealed: number;
  /** The last link; seq 0 where there is none. */
  readonly head: KnownHead;
  /** The last seal. */
  readonly seal: VerifiedSeal | null;
  readonly keys: readonly KeyUse[];
  readonly faults: readonly ChainFault[];
  /** More than are listed, where there are many. */
  readonly faultCount: number;
}

/**
 * Walks along a chain once, in the order of its numbers, and keeps no more of it than the last link: removed ranges
 * first, then each link, each seal after the link that it ends with. What does not fit is a fault, after which it goes
 * on with what it was given, so that one fault is told once.
 */
export class ChainVerifier {
  readonly faults = new ChainFaults();
  private last: KnownHead;
  /** Nothing is known of the link before, so the next one's hash cannot be computed. */
  private isTorn = false;
  private sealedUpTo: number;
  private sealed = 0;
  private lastSeal: VerifiedSeal | null = null;
  private sawKnownHead = false;
  private readonly uses = new Map<string, { first: number; last: number }>();

  constructor(private readonly options: ChainVerifierOptions) {
    this.last = options.start ?? { seq: 0, hash: firstPreviousHash(options.accountId).toString('hex') };
    this.sealedUpTo = this.last.seq;
    this.compareKnownHead();
  }

  /** A range that retention has removed. */
  stub({ key, signature, ...stub }: VerifiedStub): void {
    if (stub.first_seq !== this.last.seq + 1) this.lose(stub.first_seq - 1);
    if (!this.isTorn && stub.previous_hash !== this.last.hash) {
      this.faults.add('broken_link', stub.first_seq, 'The removed range does not follow the link before it');
    }
    const { first_seq, last_seq, previous_hash, hash, newest_at, removed_at } = stub;
    const range = { first_seq, last_seq, previous_hash, hash };
    const { accountId: account_id } = this.options;
    const statement: StubStatement = { kind: 'stub', account_id, ...range, newest_at, removed_at };
    const fault = this.signatureFault(key, statement, signature);
    if (fault !== null) this.faults.add('bad_signature', stub.first_seq, fault, { last_seq: stub.last_seq });
    this.use(key, stub.first_seq, stub.last_seq);
    this.moveTo({ seq: stub.last_seq, hash: stub.hash });
    this.sealedUpTo = stub.last_seq;
  }

  link({ seq, entryId, entryHash, hash, entry }: VerifiedLink): void {
    const named = { entry_id: entryId };
    if (seq <= this.last.seq) {
      this.faults.reordered(seq, entryId);
      return;
    }
    if (seq > this.last.seq + 1) this.lose(seq - 1);
    if (entry === null) {
      this.faults.add('removed', seq, 'The entry is gone; its link is still there', named);
    } else if (hashEntry(entry).toString('hex') !== entryHash) {
      this.faults.add('edited', seq, 'The entry is not the one that was sealed', named);
    }
    if (!this.isTorn) {
      const expected = hashLink(Buffer.from(this.last.hash, 'hex'), seq, Buffer.from(entryHash, 'hex'));
      if (expected.toString('hex') !== hash) {
        this.faults.add(
          'broken_link',
          seq,
          'The hash of the link does not follow from the link before and the entry',
          named,
        );
      }
    }
    this.sealed++;
    this.moveTo({ seq, hash });
  }

  seal({ key, signature, ...seal }: VerifiedSeal): void {
    if (seal.seq > this.last.seq) this.lose(seal.seq);
    else if (seal.seq < this.last.seq || seal.seq <= this.sealedUpTo) {
      this.faults.add('reordered', seal.seq, 'The seal does not stand at the end of its links');
      return;
    }
    if (this.isTorn) this.moveTo({ seq: seal.seq, hash: seal.hash });
    else if (seal.hash !== this.last.hash) {
      this.faults.add('broken_link', seal.seq, 'The seal is of another chain than these links');
    }
    this.missSeal(seal.first_seq - 1);
    const { first_seq, seq, hash, oldest_at, newest_at, sealed_at } = seal;
    const { accountId: account_id } = this.options;
    const statement: SealStatement = {
      kind: 'seal',
      account_id,
      first_seq,
      seq,
      hash,
      oldest_at,
      newest_at,
      sealed_at,
    };
    const fault = this.signatureFault(key, statement, signature);
    if (fault !== null) this.faults.add('bad_signature', seal.seq, fault);
    this.use(key, seal.first_seq, seal.seq);
    this.lastSeal = { key, signature, ...seal };
    this.sealedUpTo = seal.seq;
  }

  /** The link that was shown last. */
  get head(): KnownHead {
    return this.last;
  }

  /** What was found, once everything was shown. */
  end(): ChainReport {
    this.missSeal(this.last.seq);
    this.judgeKnownHead();
    return {
      sealed: this.sealed,
      head: this.last,
      seal: this.lastSeal,
      keys: [...this.uses].map(([id, { first, last }]) => ({ id, first_seq: first, last_seq: last })),
      faults: this.faults.list(),
      faultCount: this.faults.count,
    };
  }

  /** Why a signature does not count; null: it does. */
  signatureFault(keyId: string, statement: SignedStatement, signature: string): string | null {
    const key = this.options.keys.get(keyId);
    if (key === undefined) return `It is signed by the key ${keyId}, which is not known`;
    if (this.options.trusted?.has(keyId) === false)
      return `It is signed by the key ${keyId}, which is none of those given`;
    return isSignedBy(key, statement, Buffer.from(signature, 'hex')) ? null : 'The signature is not that of its key';
  }

  /** Everything up to that number is missing, links included. */
  private lose(lastSeq: number): void {
    this.faults.lost(this.last.seq + 1, lastSeq);
    this.isTorn = true;
    this.last = { seq: lastSeq, hash: '' };
  }

  private missSeal(before: number): void {
    if (before <= this.sealedUpTo) return;
    this.faults.add('bad_signature', this.sealedUpTo + 1, 'No seal stands under these links', { last_seq: before });
    this.sealedUpTo = before;
  }

  private moveTo(link: KnownHead): void {
    this.last = link;
    this.isTorn = false;
    this.compareKnownHead();
  }

  private compareKnownHead(): void {
    const { expectHead } = this.options;
    if (expectHead?.seq !== this.last.seq) return;
    this.sawKnownHead = true;
    if (expectHead.hash === this.last.hash) return;
    this.faults.add('broken_link', this.last.seq, 'The link is another one than the head that was expected');
  }

  private judgeKnownHead(): void {
    const { expectHead } = this.options;
    if (expectHead === null || this.sawKnownHead) return;
    if (expectHead.seq > this.last.seq) {
      const gone = { last_seq: expectHead.seq };
      this.faults.add('removed', this.last.seq + 1, 'The chain ends before the head that was expected', gone);
    } else {
      this.faults.add('removed', expectHead.seq, 'The head that was expected is not among these links');
    }
  }

  private use(key: string, first: number, last: number): void {
    const known = this.uses.get(key);
    if (known === undefined) this.uses.set(key, { first, last });
    else known.last = last;
  }
}
