import { createHash } from 'node:crypto';
import { auditFormat, hashEntry } from './audit-chain.js';
import { keyIdOf } from './audit-signatures.js';
import { canonicalMembers, NotCanonicalError } from './canonical-json.js';
import type { ChainFaults } from './chain-faults.js';
import {
  type ChainReport,
  ChainVerifier,
  type KnownHead,
  type VerifiedSeal,
  type VerifiedStub,
} from './chain-verifier.js';

export interface ExportOptions {
  /** The only public keys that may sign, 32 bytes each; null: those that the file itself names. */
  readonly publicKeys: readonly Uint8Array[] | null;
  readonly expectHead: KnownHead | null;
}

/** What an exported audit log proves. */
export interface ExportReport extends ChainReport {
  readonly account: string;
  readonly accountId: string;
  readonly unsealed: number;
}

/** A file that is no export of an audit log at all. */
export class NoExportError extends Error {}

interface Header {
  readonly type: string;
  readonly format: string;
  readonly account_id: string;
  readonly account: string;
  readonly first_seq: number;
  readonly previous_hash: string;
  readonly keys: readonly { readonly public_key: string }[];
}

interface Footer {
  readonly exported_at: string;
  readonly entries: number;
  readonly unsealed: number;
  readonly unsealed_hash: string;
  readonly seq: number;
  readonly hash: string;
  readonly key: string;
  readonly signature: string;
}

/**
 * Verifies the lines of an export one by one, and keeps none of them.
 * @throws NoExportError where the first line is not the header of an export
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  options: ExportOptions,
): Promise<ExportReport> {
  let reader: ExportReader | null = null;
  for await (const line of lines) {
    if (reader === null) reader = new ExportReader(readHeader(line), options);
    else reader.read(line);
  }
  if (reader === null) throw new NoExportError('The file is empty');
  return reader.end();
}

class ExportReader {
  private readonly verifier: ChainVerifier;
  private readonly faults: ChainFaults;
  private lineNumber = 1;
  private entries = 0;
  private unsealed = 0;
  private readonly unsealedHash = createHash('sha256');
  private isEnded = false;

  constructor(
    private readonly header: Header,
    { publicKeys, expectHead }: ExportOptions,
  ) {
    const named = header.keys.map(({ public_key }) => Buffer.from(public_key, 'base64'));
    const keys = new Map([...named, ...(publicKeys ?? [])].map((key) => [keyIdOf(key), key]));
    this.verifier = new ChainVerifier({
      accountId: header.account_id,
      ...(header.first_seq > 1 ? { start: { seq: header.first_seq - 1, hash: header.previous_hash } } : {}),
      keys,
      trusted: publicKeys && new Set(publicKeys.map(keyIdOf)),
      expectHead,
    });
    this.faults = this.verifier.faults;
  }

  read(line: string): void {
    this.lineNumber++;
    if (this.isEnded) {
      this.faults.add('added', null, `Line ${this.lineNumber} stands behind the footer`);
      return;
    }
    try {
      this.take(canonicalMembers(line));
    } catch (error) {
      if (!(error instanceof NotCanonicalError || error instanceof RangeError || error instanceof TypeError))
        throw error;
      this.faults.add('edited', null, `Line ${this.lineNumber} cannot be read: ${error.message}`);
    }
  }

  end(): ExportReport {
    if (!this.isEnded) {
      this.faults.add('removed', this.verifier.head.seq + 1, 'The file is cut off: it ends without a footer');
    }
    const { account, account_id: accountId } = this.header;
    return { ...this.verifier.end(), account, accountId, unsealed: this.unsealed };
  }

  private take(members: ReadonlyMap<string, string>): void {
    const { type, entry, ...line } = outsideOf(members);
    if (type === 'entry' || type === 'missing') this.takeLink(line, members.get('entry') ?? null, entry);
    else if (type === 'seal') this.verifier.seal(line as unknown as VerifiedSeal);
    else if (type === 'stub') this.verifier.stub(line as unknown as VerifiedStub);
    else if (type === 'unsealed') this.takeUnsealed(members.get('entry') ?? '');
    else if (type === 'footer') this.takeFooter(line as unknown as Footer);
    else this.faults.add('added', null, `Line ${this.lineNumber} is of no known type`);
  }

  private takeLink(line: Record<string, unknown>, canonical: string | null, entry: unknown): void {
    this.entries++;
    const id = (entry as { id?: unknown } | undefined)?.id ?? line['entry_id'];
    this.verifier.link({
      seq: Number(line['seq']),
      entryId: typeof id === 'string' ? id : null,
      entryHash: String(line['entry_hash']),
      hash: String(line['hash']),
      entry: canonical,
    });
  }

  private takeUnsealed(canonical: string): void {
    this.unsealed++;
    this.unsealedHash.update(hashEntry(canonical));
  }

  private takeFooter({ key, signature, ...footer }: Footer): void {
    this.isEnded = true;
    const statement = { kind: 'export' as const, account_id: this.header.account_id, ...footer };
    const fault = this.verifier.signatureFault(key, statement, signature);
    if (fault !== null) this.faults.add('bad_signature', null, `The footer: ${fault}`);
    const { seq, hash } = this.verifier.head;
    if (footer.seq !== seq || footer.hash !== hash) {
      const kind = footer.seq > seq ? 'removed' : 'added';
      this.faults.add(kind, Math.min(seq, footer.seq) + 1, `The footer says that the chain ends at ${footer.seq}`, {
        last_seq: Math.max(seq, footer.seq),
      });
    }
    this.compareCount('entries', footer.entries, this.entries);
    this.compareCount('unsealed entries', footer.unsealed, this.unsealed);
    if (footer.unsealed === this.unsealed && footer.unsealed_hash !== this.unsealedHash.digest('hex')) {
      this.faults.add('edited', null, 'The entries that are not sealed are not those that were exported');
    }
  }

  private compareCount(what: string, told: number, found: number): void {
    if (told === found) return;
    const kind = told > found ? 'removed' : 'added';
    this.faults.add(kind, null, `The footer counts ${told} ${what}, the file has ${found}`);
  }
}

/** The members of a line as values. Numbers inside of entries are not looked at here. */
function outsideOf(members: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries([...members].map(([name, text]) => [name, JSON.parse(text) as unknown]));
}

function readHeader(line: string): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(line) as Partial<Header>;
  } catch {
    throw new NoExportError('The first line is not JSON');
  }
  if (header?.type !== 'header' || header.format !== auditFormat || !Array.isArray(header.keys)) {
    throw new NoExportError(`The first line is not the header of an export (${auditFormat})`);
  }
  return header as Header;
}
