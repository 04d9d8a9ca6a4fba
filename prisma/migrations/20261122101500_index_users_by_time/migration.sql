-- The list of people, newest first.
CREATE INDEX CONCURRENTLY "users_account_id_created_at_id_idx" ON "users" ("account_id", "created_at" DESC, "id" DESC);
