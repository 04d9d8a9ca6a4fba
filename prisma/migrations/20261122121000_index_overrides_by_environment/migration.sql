-- The overrides of an environment, newest first. Nothing on the event path writes this table but an override's use.
CREATE INDEX CONCURRENTLY "preflight_overrides_account_id_environment_id_created_at_id_idx" ON "preflight_overrides" ("account_id", "environment_id", "created_at" DESC, "id" DESC);
