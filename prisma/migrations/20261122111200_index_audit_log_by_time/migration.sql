-- The audit log, newest first, and its periods.
CREATE INDEX CONCURRENTLY "audit_log_account_id_at_id_idx" ON "audit_log" ("account_id", "at" DESC, "id" DESC);
