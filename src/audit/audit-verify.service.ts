import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../common/errors/request.errors.js';
import { toWireTime } from '../common/wire-time.js';
import { PrismaService } from '../database/prisma.service.js';
import { Turns } from '../common/turns.js';
import { AuditChainRepository } from './audit-chain.repository.js';
import { AuditKeysRepository } from './audit-keys.repository.js';
import type { ChainFaults } from './chain-faults.js';
import { ChainVerifier, type KnownHead, type VerifiedStub } from './chain-verifier.js';
import type { AuditVerificationDto } from './audit-verify.dto.js';

/** Verifications of one process that run or wait; more are turned away. */
const maxUnderWay = 8;
/** Removed ranges that are shown, the latest ones. */
const maxShownStubs = 100;

export interface VerifyOptions {
  /** An end of the chain that somebody has kept, and that it still has to contain. */
  readonly expectHead: KnownHead | null;
  /** The ids of the only keys that may sign; null: no matter which. */
  readonly trusted: ReadonlySet<string> | null;
}

/** Proves an account's audit log, or says what is wrong with it. */
@Injectable()
export class AuditVerifyService {
  private readonly turns = new Turns(maxUnderWay);

  constructor(
    private readonly prisma: PrismaService,
    private readonly chain: AuditChainRepository,
    private readonly keys: AuditKeysRepository,
  ) {}

  /**
   * Goes through the whole log, in constant memory, one log at a time in a process.
   * @param hungUp ends the work: nobody waits for its answer any more
   * @throws UnavailableError where too many wait already
   */
  async verify(
    accountId: string,
    { expectHead, trusted }: VerifyOptions,
    hungUp: AbortSignal | null,
  ): Promise<AuditVerificationDto> {
    return this.turns.take(async () => {
      const last = await this.chain.lastSeq(accountId);
      const keys = await this.keys.list(this.prisma, accountId);
      const publicKeys = new Map(keys.map(({ id, publicKey }) => [id, publicKey]));
      const verifier = new ChainVerifier({ accountId, keys: publicKeys, trusted, expectHead });
      const stubs: VerifiedStub[] = [];
      let first = 1;
      for await (const stub of this.chain.stubs(accountId)) {
        verifier.stub(stub);
        first = stub.last_seq + 1;
        if (stubs.push(stub) > maxShownStubs) stubs.shift();
      }
      for await (const step of this.chain.steps(accountId, { first, last })) {
        requireListener(hungUp);
        if (step.kind === 'link') verifier.link(step.link);
        else verifier.seal(step.seal);
      }
      const entries = await this.findUnknown(accountId, verifier.faults, hungUp);
      const unsealed = await this.findMissing(accountId, verifier.faults);
      const { sealed, head, seal, keys: uses, faults, faultCount } = verifier.end();
      return {
        complete: faultCount === 0,
        entries,
        sealed,
        unsealed: unsealed.count,
        unsealed_since: unsealed.since && toWireTime(unsealed.since),
        head:
          head.seq === 0
            ? null
            : {
                ...head,
                sealed_at: seal?.sealed_at ?? null,
                signature: seal?.signature ?? null,
                key: seal?.key ?? null,
              },
        keys: uses.map((use) => {
          const key = keys.find(({ id }) => id === use.id);
          return { ...use, public_key: key?.publicKey.toString('base64') ?? null, held_in: key?.heldIn ?? null };
        }),
        fault_count: faultCount,
        faults: [...faults],
        removed_ranges: stubs,
      };
    });
  }

  /** Null where there is no such account. */
  async accountIdOf(slug: string): Promise<string | null> {
    return this.chain.accountIdOf(slug);
  }

  /** Entries that never went through the queue. Answers how many entries there are. */
  private async findUnknown(accountId: string, faults: ChainFaults, hungUp: AbortSignal | null): Promise<number> {
    let entries = 0;
    let after: string | null = null;
    do {
      requireListener(hungUp);
      const { count, last, unknown } = await this.chain.entryPage(accountId, after);
      entries += count;
      after = last;
      for (const entry_id of unknown)
        faults.add('added', null, 'The entry is neither sealed nor waits for it', { entry_id });
    } while (after !== null);
    return entries;
  }

  private async findMissing(accountId: string, faults: ChainFaults): Promise<{ count: number; since: Date | null }> {
    const { count, since, missing } = await this.chain.unsealed(accountId);
    for (const entry_id of missing) {
      faults.add('removed_before_sealing', null, 'The entry waits to be sealed, and is gone', { entry_id });
    }
    return { count, since };
  }
}

function requireListener(hungUp: AbortSignal | null): void {
  if (hungUp?.aborted === true) throw new UnavailableError();
}
