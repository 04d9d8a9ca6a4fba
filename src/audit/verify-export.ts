import { createHash } from 'node:crypto';
import { hashEntry } from './audit-chain.js';
import { type ExportStatement, keyIdOf } from './audit-signatures.js';
import { canonicalMembers, NotCanonicalError } from './canonical-json.js';
import type { ChainFaults } from './chain-faults.js';
import { type ChainReport, ChainVerifier, type KnownHead } from './chain-verifier.js';
import {
  type ExportFooter,
  type ExportHeader,
  exportLines,
  type LinkLine,
  NoExportError,
  NoLineError,
  readExportHeader,
} from './export-lines.js';

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
  /** The number that it begins with: of those before, nothing is proved. What retention has removed counts as there. */
  readonly firstSeq: number;
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
    if (reader === null) reader = new ExportReader(readExportHeader(line), options);
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
    private readonly header: ExportHeader,
    { publicKeys, expectHead }: ExportOptions,
  ) {
    const keys = new Map([...header.publicKeys, ...(publicKeys ?? [])].map((key) => [keyIdOf(key), key]));
    this.verifier = new ChainVerifier({
      accountId: header.account_id,
      start: { seq: header.first_seq - 1, hash: header.previous_hash },
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
      if (!(error instanceof NotCanonicalError || error instanceof NoLineError || error instanceof RangeError))
        throw error;
      this.faults.add('edited', null, `Line ${this.lineNumber} cannot be read: ${error.message}`);
    }
  }

  end(): ExportReport {
    if (!this.isEnded) {
      this.faults.add('removed', this.verifier.head.seq + 1, 'The file is cut off: it ends without a footer');
    }
    const { account, account_id: accountId, first_seq: firstSeq } = this.header;
    return { ...this.verifier.end(), account, accountId, unsealed: this.unsealed, firstSeq };
  }

  private take(members: ReadonlyMap<string, string>): void {
    const { type, ...line } = outsideOf(members);
    const canonical = members.get('entry') ?? '';
    if (type === 'entry') {
      const { entry, ...link } = exportLines.entry(line);
      const { id } = entry as { id?: unknown };
      this.takeLink({ ...link, entry_id: typeof id === 'string' ? id : null }, canonical);
      this.requireOwn(entry, link.seq);
    } else if (type === 'missing') this.takeLink(exportLines.missing(line), null);
    else if (type === 'seal') this.verifier.seal(exportLines.seal(line));
    else if (type === 'stub') this.verifier.stub(exportLines.stub(line));
    else if (type === 'unsealed') {
      const { entry } = exportLines.unsealed(line);
      this.unsealed++;
      this.unsealedHash.update(hashEntry(canonical));
      this.requireOwn(entry, null);
    } else if (type === 'footer') {
      this.isEnded = true;
      this.takeFooter(exportLines.footer(line));
    } else this.faults.add('added', null, `Line ${this.lineNumber} is of no known type`);
  }

  private takeLink({ seq, entry_id: entryId, entry_hash: entryHash, hash }: LinkLine, entry: string | null): void {
    this.entries++;
    this.verifier.link({ seq, entryId, entryHash, hash, entry });
  }

  private requireOwn(entry: object, seq: number | null): void {
    if ((entry as { account_id?: unknown }).account_id === this.header.account_id) return;
    this.faults.add('added', seq, `Line ${this.lineNumber} holds an entry of another account`);
  }

  private takeFooter({ key, signature, ...footer }: ExportFooter): void {
    const { account_id, account, first_seq, previous_hash } = this.header;
    const statement: ExportStatement = {
      kind: 'export',
      account_id,
      account: footer.account,
      exported_at: footer.exported_at,
      entries: footer.entries,
      unsealed: footer.unsealed,
      unsealed_hash: footer.unsealed_hash,
      first_seq: footer.first_seq,
      previous_hash: footer.previous_hash,
      seq: footer.seq,
      hash: footer.hash,
    };
    if (footer.account !== account || footer.first_seq !== first_seq || footer.previous_hash !== previous_hash) {
      this.faults.add('edited', null, 'The header is not the one that the footer is signed for');
    }
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
