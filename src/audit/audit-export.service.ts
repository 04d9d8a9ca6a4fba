import { createHash, type Hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../common/errors/request.errors.js';
import { Clock } from '../common/clock.js';
import { toWireTime } from '../common/wire-time.js';
import { databaseTime } from '../database/database-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { auditFormat, hashEntry } from './audit-chain.js';
import {
  AuditChainRepository,
  type AuditExportRange,
  type ChainStep,
  type SeqRange,
  type UnsealedPage,
} from './audit-chain.repository.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import type { KnownHead } from './chain-verifier.js';

/** How far an export has got. */
interface Progress {
  head: KnownHead;
  entries: number;
  unsealed: number;
  readonly unsealedHash: Hash;
}

/** How often an export catches up with what is sealed while it is written: a reader may be slower than the service. */
const maxRounds = 20;
/** Exports of one process that are under way at most. */
const maxUnderWay = 4;

/** Writes an account's audit log as JSON Lines, such that it can be proved where it has got to. */
@Injectable()
export class AuditExportService {
  private underWay = 0;

  constructor(
    private readonly prisma: PrismaService,
    private readonly chain: AuditChainRepository,
    private readonly keys: AuditKeysRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The lines, each as soon as it is asked for: however slow the reader, nothing is held but a few entries. A line that
   * cannot be read ends it with an error, before the footer.
   * @throws UnavailableError where too many are under way
   */
  async *lines(account: { id: string; slug: string }, range: AuditExportRange): AsyncGenerator<string> {
    if (this.underWay >= maxUnderWay) throw new UnavailableError();
    this.underWay++;
    try {
      yield* this.write(account, range);
    } finally {
      this.underWay--;
    }
  }

  private async *write(account: { id: string; slug: string }, range: AuditExportRange): AsyncGenerator<string> {
    const { id: accountId, slug } = account;
    const [signer, exportedAt] = await this.prisma.$transaction(async (tx) => {
      const now = await databaseTime(tx, this.clock);
      return [await this.keys.signer(tx, accountId, now), toWireTime(now)] as const;
    });
    const seqs = await this.seqsOf(accountId, range);
    const previous = await this.chain.before(accountId, seqs.first);
    const start = { first_seq: seqs.first, previous_hash: previous.hash };
    const keys = await this.keys.list(this.prisma, accountId);
    yield line({
      type: 'header',
      format: auditFormat,
      account_id: accountId,
      account: slug,
      exported_at: exportedAt,
      hash: 'SHA-256',
      signature: 'Ed25519',
      ...start,
      keys: keys.map(({ id, publicKey }) => ({ id, public_key: publicKey.toString('base64') })),
    });

    const progress = { head: previous, entries: 0, unsealed: 0, unsealedHash: createHash('sha256') };
    if (seqs.first === 1) {
      for await (const stub of this.chain.stubs(accountId)) {
        if (stub.first_seq > seqs.last) break;
        yield line({ type: 'stub', ...stub });
        progress.head = { seq: stub.last_seq, hash: stub.hash };
      }
    }
    yield* this.sealedLines(accountId, seqs.last, progress);
    if (range.toSeq === null && range.to === null) yield* this.unsealedLines(accountId, seqs.last, progress);
    const { head, entries, unsealed, unsealedHash } = progress;
    const tail = { unsealed, unsealed_hash: unsealedHash.digest('hex') };
    const end = { account: slug, exported_at: exportedAt, entries, ...tail, ...start, seq: head.seq, hash: head.hash };
    const signature = signer.sign({ kind: 'export', account_id: accountId, ...end }).toString('hex');
    yield line({ type: 'footer', ...end, key: signer.keyId, signature });
  }

  /** The chain, from where the export has got to. */
  private async *sealedLines(accountId: string, last: number, progress: Progress): AsyncGenerator<string> {
    for await (const step of this.chain.steps(accountId, { first: progress.head.seq + 1, last })) {
      if (step.kind === 'link') {
        await this.requireStill(accountId, progress.head, step.link.seq);
        progress.head = step.link;
        progress.entries++;
      }
      yield lineOf(step);
    }
    await this.requireStill(accountId, progress.head, last + 1);
  }

  /** What waits to be sealed. What is sealed meanwhile comes with its number, so that none is left out; some come twice. */
  private async *unsealedLines(accountId: string, upTo: number, progress: Progress): AsyncGenerator<string> {
    let last = upTo;
    let rounds = 0;
    for (let after: string | null = null; ;) {
      const page: UnsealedPage = await this.chain.unsealedPage(accountId, after);
      if (page.last > last && rounds++ < maxRounds) {
        last = page.last;
        yield* this.sealedLines(accountId, last, progress);
        continue;
      }
      for (const entry of page.entries) {
        progress.unsealed++;
        progress.unsealedHash.update(hashEntry(entry));
        yield `{"type":"unsealed","entry":${entry}}\n`;
      }
      if (page.lookOn === null) return;
      after = page.lookOn;
    }
  }

  private async seqsOf(accountId: string, range: AuditExportRange): Promise<SeqRange> {
    const last = await this.chain.lastSeq(accountId);
    if (isWhole(range)) return { first: 1, last };
    return (await this.chain.rangeOf(accountId, range)) ?? { first: last + 1, last };
  }

  /** A gap is part of the export, unless it is retention that has come by meanwhile: then it would look like a fault. */
  private async requireStill(accountId: string, head: KnownHead, seq: number): Promise<void> {
    if (seq === head.seq + 1) return;
    for await (const { last_seq } of this.chain.stubs(accountId)) {
      if (last_seq > head.seq) throw new UnavailableError('Retention has removed what was being exported');
    }
  }
}

function isWhole({ fromSeq, toSeq, from, to }: AuditExportRange): boolean {
  return fromSeq === null && toSeq === null && from === null && to === null;
}

function lineOf(step: ChainStep): string {
  if (step.kind === 'seal') return line({ type: 'seal', ...step.seal });
  const { seq, entryId, entryHash, hash, entry } = step.link;
  if (entry === null) return line({ type: 'missing', seq, entry_id: entryId, entry_hash: entryHash, hash });
  return `{"type":"entry","seq":${seq},"entry_hash":"${entryHash}","hash":"${hash}","entry":${entry}}\n`;
}

function line(content: object): string {
  return `${JSON.stringify(content)}\n`;
}
