#!/usr/bin/env bash
# scripts/test-with-replica.sh [jest's arguments]               the tests, with a read replica for lists
# scripts/test-with-replica.sh --pgbouncer [jest's arguments]   the same, through a PgBouncer before each of the two
#
# Starts a PostgreSQL and a standby that follows it by streaming replication, on free ports and in a temporary folder,
# and removes both at the end. Needs their programs: on Debian and Ubuntu `apt-get install postgresql`, and `pgbouncer`
# for the second. PG_BIN and PGBOUNCER name others than those it finds. Tests that stop, kill or cut off a PostgreSQL
# start that one themselves, and it has no standby.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

pooled=''
if [ "${1:-}" = --pgbouncer ]; then
  pooled=yes
  shift
fi
. scripts/test-servers.sh
require_postgresql psql pg_basebackup
[ -z "$pooled" ] || require_pgbouncer

primary_port=$(free_port)
# Commits wait for the flush, as in production: a standby gets nothing that is not flushed.
make_primary "$primary_port" 'wal_keep_size = 1GB'
start primary

standby_port=$(free_port)
in_folder "$PG_BIN/pg_basebackup" -h 127.0.0.1 -p "$primary_port" -U postgres -D "$folder/standby" -R -X stream -c fast ||
  fail 'pg_basebackup failed'
# What is in the way of the primary's changes is cancelled soon, so that the tests meet that too.
in_folder sh -c 'cat >> standby/postgresql.conf' <<END
port = $standby_port
max_standby_streaming_delay = 200ms
log_statement = all
END
start standby

server=$("$PG_BIN/postgres" --version)
ports=("$primary_port" "$standby_port")
export DATABASE_PREPARED=true
if [ -n "$pooled" ]; then
  ports=("$(free_port)" "$(free_port)")
  pool primary "${ports[0]}" "$primary_port"
  pool standby "${ports[1]}" "$standby_port"
  server="$("$PGBOUNCER" --version | head -n 1) in transaction mode, before $server"
  # Statements are not prepared by name: PgBouncer follows those from 1.21 on, and only with max_prepared_statements.
  DATABASE_PREPARED=false
fi
echo "On $server and a standby of it, DATABASE_PREPARED=$DATABASE_PREPARED"
DATABASE_URL=$(url "${ports[0]}") DATABASE_REPLICA_URL=$(url "${ports[1]}") run_tests "$@"

# That they were read there: what the standby has run, over all databases. Each list is one that is executed.
count() {
  grep -cE "$1" "$folder/standby.log" || true
}
echo "On the standby: $(count ' execute (list|read|<unnamed>).*') lists read, $(count 'BEGIN ISOLATION LEVEL READ COMMITTED') asked for," \
  "$(count 'conflict with recovery') in the way of a change" >&2
exit "$status"
