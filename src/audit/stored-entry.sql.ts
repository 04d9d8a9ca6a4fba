/** The columns of `StoredEntry`, of the row `a` of audit_log. Times and JSON as text: nothing is lost in between. */
export const storedEntryColumns = `a.account_id, a.id, ${wireTime('a.at')} AS at,
  a.actor_kind, a.user_id, a.api_key_id, a.address, a.request_id, a.action, a.resource_type, a.resource_id,
  a.before::text AS before, a.after::text AS after`;

function wireTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
