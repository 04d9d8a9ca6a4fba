-- What was not allowed, most often nothing: blocked starts, and completions without a start that were refused.
CREATE INDEX CONCURRENTLY "preflight_checks_blocked_idx" ON "preflight_checks" ("account_id", "checked_at" DESC, "id" DESC) WHERE "outcome" IN ('blocked', 'failed');
