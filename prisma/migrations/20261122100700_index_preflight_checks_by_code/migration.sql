-- What was found, most often nothing.
CREATE INDEX CONCURRENTLY "preflight_checks_account_id_code_checked_at_id_idx" ON "preflight_checks" ("account_id", "code", "checked_at" DESC, "id" DESC) WHERE "code" IS NOT NULL;
