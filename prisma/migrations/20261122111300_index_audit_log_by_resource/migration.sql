-- What happened to one thing.
CREATE INDEX CONCURRENTLY "audit_log_account_id_resource_id_at_id_idx" ON "audit_log" ("account_id", "resource_id", "at" DESC, "id" DESC);
