import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { canonicalEntry, firstPreviousHash, type StoredEntry } from './audit-chain.js';
import type { KnownHead, VerifiedLink, VerifiedSeal, VerifiedStub } from './chain-verifier.js';
import { storedEntryColumns } from './stored-entry.sql.js';

/** One step along the chain, in the order in which a `ChainVerifier` takes them. */
export type ChainStep =
  { readonly kind: 'link'; readonly link: VerifiedLink } | { readonly kind: 'seal'; readonly seal: VerifiedSeal };

/** Numbers of links, both inclusive. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}

/** What to export; null: everything from the first, or up to the last. */
export interface AuditExportRange {
  readonly fromSeq: number | null;
  readonly toSeq: number | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** What is in the queue. */
export interface UnsealedState {
  readonly count: number;
  readonly since: Date | null;
  /** Entries that were removed before they were sealed. */
  readonly missing: readonly string[];
}

/** Some of the entries that are not sealed, as canonical JSON, and after which to look on: null where there are no more. */
export interface UnsealedPage {
  readonly last: number;
  readonly entries: readonly string[];
  readonly lookOn: string | null;
}

/** Some of an account's entries, by id, and which of them are in neither the chain nor the queue. */
export interface EntryPage {
  readonly count: number;
  readonly last: string | null;
  readonly unknown: readonly string[];
}

type LinkRow = { seq: number; entry_id: string; entry_hash: string; hash: string } & {
  [K in keyof StoredEntry]: StoredEntry[K] | null;
};

/** Links that are read at once, entries included: at most so many times 256 KiB are in memory. */
const linksAtOnce = 100;
const idsAtOnce = 5_000;
const time = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`;
const sealColumns = `seq::float8, first_seq::float8, encode(hash, 'hex') AS hash, ${time('oldest_at')}, ${time('newest_at')},
  ${time('sealed_at')}, key_id AS key, encode(signature, 'hex') AS signature`;

/** Reads the chain piece by piece, each in a statement of its own: nothing is held open between two. */
@Injectable()
export class AuditChainRepository {
  constructor(private readonly database: Database) {}

  async accountIdOf(slug: string): Promise<string | null> {
    return (await this.rows<{ id: string }>('SELECT id FROM accounts WHERE slug = $1', [slug]))[0]?.id ?? null;
  }

  /** The numbers that the chain has got to, by links and by seals. */
  async lastSeq(accountId: string): Promise<number> {
    const text = `SELECT greatest(
        (SELECT max(seq) FROM audit_links WHERE account_id = $1::uuid),
        (SELECT max(seq) FROM audit_seals WHERE account_id = $1::uuid),
        (SELECT max(last_seq) FROM audit_stubs WHERE account_id = $1::uuid), 0)::float8 AS last`;
    return (await this.one<{ last: number }>(text, [accountId])).last;
  }

  /** Removed ranges, oldest first. */
  async *stubs(accountId: string): AsyncGenerator<VerifiedStub> {
    const text = `SELECT first_seq::float8, last_seq::float8, encode(previous_hash, 'hex') AS previous_hash,
        encode(hash, 'hex') AS hash, ${time('newest_at')}, ${time('removed_at')}, key_id AS key,
        encode(signature, 'hex') AS signature
      FROM audit_stubs WHERE account_id = $1::uuid AND first_seq > $2::bigint ORDER BY first_seq LIMIT 500`;
    for (let after = 0; ;) {
      const stubs = await this.rows<VerifiedStub>(text, [accountId, after]);
      yield* stubs;
      if (stubs.length < 500) return;
      after = stubs.at(-1)!.first_seq;
    }
  }

  /** Links with their entries, and seals, in their order. */
  async *steps(accountId: string, { first, last }: SeqRange): AsyncGenerator<ChainStep> {
    for (let from = first; from <= last;) {
      const links = await this.links(accountId, { first: from, last });
      const upTo = links.length < linksAtOnce ? last : links.at(-1)!.seq;
      const seals = await this.seals(accountId, { first: from, last: upTo });
      let next = 0;
      for (const link of links) {
        while (next < seals.length && seals[next]!.seq < link.seq) yield { kind: 'seal', seal: seals[next++]! };
        yield { kind: 'link', link };
      }
      for (const seal of seals.slice(next)) yield { kind: 'seal', seal };
      from = upTo + 1;
    }
  }

  /** The link before a number: what the next one follows. */
  async before(accountId: string, seq: number): Promise<KnownHead> {
    if (seq <= 1) return { seq: 0, hash: firstPreviousHash(accountId).toString('hex') };
    const text = `SELECT encode(hash, 'hex') AS hash FROM (
        SELECT hash FROM audit_links WHERE account_id = $1::uuid AND seq = $2::bigint
        UNION ALL SELECT hash FROM audit_stubs WHERE account_id = $1::uuid AND last_seq = $2::bigint
        UNION ALL SELECT hash FROM audit_seals WHERE account_id = $1::uuid AND seq = $2::bigint) AS ends LIMIT 1`;
    const rows = await this.rows<{ hash: string }>(text, [accountId, seq - 1]);
    return { seq: seq - 1, hash: rows[0]?.hash ?? '' };
  }

  /** The numbers of the whole seals that touch a range; null where there are none. */
  async rangeOf(accountId: string, { fromSeq, toSeq, from, to }: AuditExportRange): Promise<SeqRange | null> {
    const text = `SELECT min(first_seq)::float8 AS first, max(seq)::float8 AS last FROM audit_seals
      WHERE account_id = $1::uuid AND seq >= coalesce($2::bigint, 0) AND first_seq <= coalesce($3::bigint, first_seq)
        AND newest_at >= coalesce($4::timestamptz, newest_at) AND oldest_at <= coalesce($5::timestamptz, oldest_at)`;
    const values = [accountId, fromSeq, toSeq, from, to];
    const { first, last } = await this.one<{ first: number | null; last: number | null }>(text, values);
    return first === null || last === null ? null : { first, last };
  }

  async unsealed(accountId: string): Promise<UnsealedState> {
    const text = `SELECT count(a.id)::float8 AS count, min(a.at) AS since,
        coalesce((array_agg(u.entry_id) FILTER (WHERE a.id IS NULL))[1:200], '{}') AS missing
      FROM audit_unsealed u LEFT JOIN audit_log a ON a.account_id = u.account_id AND a.id = u.entry_id
      WHERE u.account_id = $1::uuid`;
    return this.one<UnsealedState>(text, [accountId]);
  }

  /** The next entries that are not sealed, by id. One statement: what is not in the queue has a number up to `last`. */
  async unsealedPage(accountId: string, after: string | null): Promise<UnsealedPage> {
    const text = `SELECT ${storedEntryColumns}, ends.last FROM (
        SELECT coalesce(max(seq), 0)::float8 AS last FROM audit_links WHERE account_id = $1::uuid
      ) AS ends LEFT JOIN (
        SELECT entry_id FROM audit_unsealed
        WHERE account_id = $1::uuid AND ($2::uuid IS NULL OR entry_id > $2) ORDER BY entry_id LIMIT ${linksAtOnce}
      ) AS u ON true LEFT JOIN audit_log a ON a.account_id = $1::uuid AND a.id = u.entry_id ORDER BY u.entry_id`;
    const rows = await this.rows<StoredEntry & { last: number }>(text, [accountId, after]);
    const entries = rows.filter(({ id }) => id !== null);
    return {
      last: rows[0]!.last,
      entries: entries.map(canonicalEntry),
      lookOn: rows.length < linksAtOnce ? null : (entries.at(-1)?.id ?? null),
    };
  }

  /** The next entries by id. One statement, so that an entry which is being sealed meanwhile is in the queue or the chain. */
  async entryPage(accountId: string, after: string | null): Promise<EntryPage> {
    const text = `WITH page AS MATERIALIZED (
        SELECT id FROM audit_log WHERE account_id = $1::uuid AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT ${idsAtOnce}
      ) SELECT (SELECT count(*) FROM page)::float8 AS count, (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
        coalesce((SELECT array_agg(id) FROM page p
          WHERE NOT EXISTS (SELECT FROM audit_links l WHERE l.account_id = $1::uuid AND l.entry_id = p.id)
            AND NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.account_id = $1::uuid AND u.entry_id = p.id)), '{}') AS unknown`;
    const page = await this.one<EntryPage>(text, [accountId, after]);
    return page.count < idsAtOnce ? { ...page, last: null } : page;
  }

  private async links(accountId: string, { first, last }: SeqRange): Promise<VerifiedLink[]> {
    const text = `SELECT l.seq::float8, l.entry_id, encode(l.entry_hash, 'hex') AS entry_hash, encode(l.hash, 'hex') AS hash,
        ${storedEntryColumns}
      FROM audit_links l LEFT JOIN audit_log a ON a.account_id = l.account_id AND a.id = l.entry_id
      WHERE l.account_id = $1::uuid AND l.seq BETWEEN $2::bigint AND $3::bigint ORDER BY l.seq LIMIT ${linksAtOnce}`;
    const rows = await this.rows<LinkRow>(text, [accountId, first, last]);
    return rows.map(({ seq, entry_id: entryId, entry_hash: entryHash, hash, ...entry }) => {
      return { seq, entryId, entryHash, hash, entry: isStored(entry) ? canonicalEntry(entry) : null };
    });
  }

  private async seals(accountId: string, { first, last }: SeqRange): Promise<VerifiedSeal[]> {
    const text = `SELECT ${sealColumns} FROM audit_seals
      WHERE account_id = $1::uuid AND seq BETWEEN $2::bigint AND $3::bigint ORDER BY seq`;
    return this.rows<VerifiedSeal>(text, [accountId, first, last]);
  }

  private async one<Row extends object>(text: string, values: unknown[]): Promise<Row> {
    return (await this.rows<Row>(text, values))[0]!;
  }

  private async rows<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    return this.database.query<Row>({ name: '', text, readOnly: true }, values);
  }
}

function isStored(entry: Omit<LinkRow, 'seq' | 'entry_id' | 'entry_hash' | 'hash'>): entry is StoredEntry {
  return entry.id !== null;
}
