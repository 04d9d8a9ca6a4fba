/**
 * The same database on the standby of the tests' cluster; undefined where it has none, or the database is elsewhere.
 * @param source where `DATABASE_URL` names the cluster, and `DATABASE_REPLICA_URL` its standby, if any
 */
export function replicaUrlFor(databaseUrl: string | undefined, source: NodeJS.ProcessEnv): string | undefined {
  const { DATABASE_URL: cluster = '', DATABASE_REPLICA_URL: standby = '' } = source;
  if (databaseUrl === undefined || cluster === '' || standby === '') return undefined;
  const [own, given, url] = [new URL(databaseUrl), new URL(cluster), new URL(standby)];
  if (own.host !== given.host || own.search !== given.search) return undefined;
  url.pathname = own.pathname;
  return url.href;
}
