-- A deployment is erased with its events, and is asked for them when it goes.
CREATE INDEX CONCURRENTLY "deployment_events_account_id_deployment_id_idx" ON "deployment_events" ("account_id", "deployment_id") WHERE "deployment_id" IS NOT NULL;
