-- Those that were revoked, newest first.
CREATE INDEX CONCURRENTLY "preflight_overrides_revoked_idx" ON "preflight_overrides" ("account_id", "created_at" DESC, "id" DESC) WHERE "revoked_at" IS NOT NULL;
