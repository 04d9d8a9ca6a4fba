-- The open ones are those that have not expired, of which there are few however many have.
CREATE INDEX CONCURRENTLY "preflight_overrides_account_id_expires_at_idx" ON "preflight_overrides" ("account_id", "expires_at") WHERE "used_at" IS NULL AND "revoked_at" IS NULL;
