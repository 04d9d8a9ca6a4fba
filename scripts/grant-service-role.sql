-- What the service's own role may do where another role owns the tables: everything that it needs, and to the audit log
-- only add and read. To be run as the owner after each migration; it may be run again at any time.
-- Replace versioner_service by the name of your role.
GRANT USAGE ON SCHEMA public TO versioner_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO versioner_service;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO versioner_service;
REVOKE UPDATE, DELETE ON audit_log, audit_links, audit_seals, audit_stubs, audit_signing_keys FROM versioner_service;
REVOKE UPDATE ON audit_unsealed FROM versioner_service;
REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM versioner_service;
REVOKE EXECUTE ON FUNCTION remove_audit_range(uuid, bigint, timestamptz, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_audit_range(uuid, bigint, timestamptz, text, bytea) TO versioner_service;
