import type { Actor } from '../../auth/actor.js';
import type { Answer } from './answers.decorator.js';

/*
 * The answers to events are kept under their idempotency keys by the statement that writes the events: the rows that
 * it is given, and the part of it that writes them.
 */

/**
 * The rows of `keepBatchAnswers` for one item of a batch: none where no `Idempotency-Key` was sent, or where there is
 * no answer to keep (a refusal is not kept).
 * @param i the item's place in the batch
 */
export function batchAnswerRows(
  i: number,
  actor: Actor | null,
  answer: Answer<unknown> | null,
): Record<string, unknown>[] {
  if (actor?.idempotency == null || answer === null) return [];
  const { path, key } = actor.idempotency;
  const { statusCode, location, body } = answer;
  return [{ i, credential_id: actor.credentialId, path, key, status_code: statusCode, location, body }];
}

/**
 * SQL that keeps the answers of those items that were written. `rows` is the placeholder of the rows of
 * `batchAnswerRows` as JSON; $1 is the account, and `written` the earlier part of the statement with those items' `i`.
 */
export function keepBatchAnswers(rows: string): string {
  return `
  UPDATE idempotency_keys k SET status_code = y.status_code, location = y.location, body = y.body
  FROM json_to_recordset(${rows}::json) AS y(
    i int, credential_id uuid, path text, key text, status_code int, location text, body json)
  JOIN written w ON w.i = y.i
  WHERE k.account_id = $1::uuid AND k.credential_id = y.credential_id AND k.path = y.path AND k.key = y.key`;
}
