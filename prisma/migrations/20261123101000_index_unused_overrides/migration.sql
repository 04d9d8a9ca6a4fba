-- Those that have expired, newest first; the open ones among them are few.
CREATE INDEX CONCURRENTLY "preflight_overrides_unused_idx" ON "preflight_overrides" ("account_id", "created_at" DESC, "id" DESC) WHERE "used_at" IS NULL AND "revoked_at" IS NULL;
