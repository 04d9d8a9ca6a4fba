-- What names an attempt: its start, or what was reported after a block. Asked for each attempt that the retention removes.
CREATE INDEX CONCURRENTLY "deployment_events_account_id_preflight_check_id_idx" ON "deployment_events" ("account_id", "preflight_check_id") WHERE "preflight_check_id" IS NOT NULL;
