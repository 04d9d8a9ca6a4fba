CREATE INDEX CONCURRENTLY "preflight_checks_account_id_product_id_checked_at_id_idx" ON "preflight_checks" ("account_id", "product_id", "checked_at" DESC, "id" DESC);
