CREATE INDEX CONCURRENTLY "preflight_checks_account_id_environment_id_checked_at_id_idx" ON "preflight_checks" ("account_id", "environment_id", "checked_at" DESC, "id" DESC);
