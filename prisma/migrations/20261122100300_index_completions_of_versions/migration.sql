-- Where a version has completed, and when first and last: flow, soak, rollbacks. Counted from the receipt.
CREATE INDEX CONCURRENTLY "deployments_completions_idx" ON "deployments" ("account_id", "version_id", "environment_id", "last_event_at" DESC) WHERE "status" = 'completed';
