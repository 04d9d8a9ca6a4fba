/**
 * SQL that tells whether what `row` records was sent by the credential of the event `x`: by the same one, or by the API key
 * that it was rotated from, so that a pipeline may change its key between two tries.
 */
export function sentBySame(row: string): string {
  return `(${row}.api_key_id IS NOT DISTINCT FROM x.api_key_id OR ${row}.api_key_id = x.former_key_id)
    AND ${row}.personal_access_token_id IS NOT DISTINCT FROM x.personal_access_token_id`;
}
