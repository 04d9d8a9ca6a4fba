-- The record of all attempts, newest first; a back-test walks it.
CREATE INDEX CONCURRENTLY "preflight_checks_account_id_checked_at_id_idx" ON "preflight_checks" ("account_id", "checked_at" DESC, "id" DESC);
