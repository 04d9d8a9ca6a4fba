/** What tells one database from every other. */
export interface Identity {
  /** Of the cluster: made by initdb, the same on its physical replicas. */
  readonly cluster: string;
  /** The oid of the database in the cluster. */
  readonly database: string;
  readonly schema: string;
}

export const identityColumns = `
  (SELECT system_identifier::text FROM pg_control_system()) AS cluster,
  (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database,
  coalesce(current_schema(), '') AS schema`;
