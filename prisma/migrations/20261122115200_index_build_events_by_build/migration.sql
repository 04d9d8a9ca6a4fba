-- A build is erased with its events, and is asked for them when it goes.
CREATE INDEX CONCURRENTLY "build_events_account_id_build_id_idx" ON "build_events" ("account_id", "build_id");
