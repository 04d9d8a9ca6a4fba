-- What one API key has done, newest first, however seldom it does anything.
CREATE INDEX CONCURRENTLY "audit_log_account_id_api_key_id_at_id_idx" ON "audit_log" ("account_id", "api_key_id", "at" DESC, "id" DESC) WHERE "api_key_id" IS NOT NULL;
