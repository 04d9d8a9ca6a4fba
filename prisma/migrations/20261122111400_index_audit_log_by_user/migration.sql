-- What one person did. Most entries are those of pipelines, which it leaves out.
CREATE INDEX CONCURRENTLY "audit_log_account_id_user_id_at_id_idx" ON "audit_log" ("account_id", "user_id", "at" DESC, "id" DESC) WHERE "user_id" IS NOT NULL;
