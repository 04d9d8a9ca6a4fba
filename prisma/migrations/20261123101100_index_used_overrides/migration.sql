-- Those that were used, newest first.
CREATE INDEX CONCURRENTLY "preflight_overrides_used_idx" ON "preflight_overrides" ("account_id", "created_at" DESC, "id" DESC) WHERE "used_at" IS NOT NULL;
