-- What one request has done. The service's own ids are in the order of time, so that new entries go to the end of it.
CREATE INDEX CONCURRENTLY "audit_log_account_id_request_id_idx" ON "audit_log" ("account_id", "request_id");
