import { storedEntryColumns } from './stored-entry.sql.js';

/*
 * The statements that seal a batch: four in one transaction, however many entries it has.
 */

/**
 * Reads the queue from its beginning, entry by entry, each by its key. The queue is empty when it is analysed and full
 * when it matters: by its statistics alone all of it would be read for every batch.
 */
export const underIndexes = ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin']
  .map((plan) => `SET LOCAL enable_${plan} = off`)
  .join('; ');

/** Whether the transaction may now extend the chain; nobody else can until it ends. */
export const takeChainLock = {
  name: 'audit_chain_lock',
  text: 'SELECT pg_try_advisory_xact_lock($1::int, hashtext($2)) AS locked',
};

/** The oldest entries, in the order of the chain: that of their time. */
export const takeUnsealed = {
  name: 'audit_take',
  text: `WITH batch AS MATERIALIZED (
      SELECT a.* FROM audit_unsealed u JOIN audit_log a ON a.account_id = u.account_id AND a.id = u.entry_id
      WHERE u.account_id = $1::uuid ORDER BY u.entry_id LIMIT $2::int
    ) SELECT ${storedEntryColumns} FROM batch a ORDER BY a.at, a.id`,
};

/** The end of the chain; nulls where there is none yet. */
export const readChainEnd = {
  name: 'audit_chain_end',
  text: `SELECT clock_timestamp() AS now, e.seq::float8 AS seq, e.hash FROM (SELECT) AS one LEFT JOIN (
      (SELECT seq, hash FROM audit_links WHERE account_id = $1::uuid ORDER BY seq DESC LIMIT 1)
      UNION ALL
      (SELECT last_seq, hash FROM audit_stubs WHERE account_id = $1::uuid ORDER BY last_seq DESC LIMIT 1)
      ORDER BY seq DESC LIMIT 1
    ) AS e ON true`,
};

/** Adds links and seal, removes the entries from the queue, and answers how many were in it. */
export const addSealedBatch = {
  name: 'audit_seal',
  text: `WITH taken AS (
      DELETE FROM audit_unsealed WHERE account_id = $1::uuid AND entry_id = ANY ($3::uuid[]) RETURNING entry_id
    ), links AS (
      INSERT INTO audit_links (account_id, seq, entry_id, entry_hash, hash)
      SELECT $1::uuid, $2::bigint + e.n - 1, e.id,
        substring($4::bytea FROM (e.n * 32 - 31)::int FOR 32), substring($5::bytea FROM (e.n * 32 - 31)::int FOR 32)
      FROM unnest($3::uuid[]) WITH ORDINALITY AS e(id, n)
    ), seal AS (
      INSERT INTO audit_seals (account_id, seq, first_seq, hash, oldest_at, newest_at, sealed_at, key_id, signature)
      VALUES ($1::uuid, $2::bigint + cardinality($3::uuid[]) - 1, $2::bigint,
        substring($5::bytea FROM cardinality($3::uuid[]) * 32 - 31), $6::timestamptz, $7::timestamptz, $8::timestamptz,
        $9::text, $10::bytea)
    ) SELECT count(*)::int AS taken FROM taken`,
};
