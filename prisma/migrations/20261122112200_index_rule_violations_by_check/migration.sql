-- The violations of an attempt: removed with it by the retention.
CREATE INDEX CONCURRENTLY "rule_violations_account_id_preflight_check_id_idx" ON "rule_violations" ("account_id", "preflight_check_id");
