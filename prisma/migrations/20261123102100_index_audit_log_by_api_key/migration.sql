-- What one API key has done, newest first, however seldom it does anything. Without the id, which seldom tells more: every event pays for its length.
CREATE INDEX CONCURRENTLY "audit_log_account_id_api_key_id_at_idx" ON "audit_log" ("account_id", "api_key_id", "at" DESC) WHERE "api_key_id" IS NOT NULL;
