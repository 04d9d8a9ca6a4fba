#!/usr/bin/env bash
# scripts/test-behind-pgbouncer.sh [jest's arguments]            the tests, through PgBouncer in transaction mode
# scripts/test-behind-pgbouncer.sh --direct [jest's arguments]   the same, on that PostgreSQL without PgBouncer
#
# Starts a PostgreSQL and a PgBouncer of its own, on free ports and in a temporary folder, and removes both at the end.
# Needs their programs: on Debian and Ubuntu `apt-get install postgresql pgbouncer`. PG_BIN and PGBOUNCER name others
# than those it finds; a server of version 15 or later will do. Tests that stop, kill or cut off a PostgreSQL start that
# one themselves, and reach it without PgBouncer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

direct=''
if [ "${1:-}" = --direct ]; then
  direct=yes
  shift
fi
. scripts/test-servers.sh
require_postgresql psql
[ -n "$direct" ] || require_pgbouncer

database_port=$(free_port)
make_primary "$database_port" 'synchronous_commit = off'
start primary
port=$database_port
server=$("$PG_BIN/postgres" --version)
export DATABASE_PREPARED=true

if [ -z "$direct" ]; then
  port=$(free_port)
  pool primary "$port" "$database_port"
  server="$("$PGBOUNCER" --version | head -n 1) in transaction mode, before $server"
  # Statements are not prepared by name: PgBouncer follows those from 1.21 on, and only with max_prepared_statements.
  DATABASE_PREPARED=false
fi
echo "On $server, DATABASE_PREPARED=$DATABASE_PREPARED"
DATABASE_URL=$(url "$port") run_tests "$@"

if [ -z "$direct" ]; then
  # That it went through: what PgBouncer has counted, over all databases.
  "$PG_BIN/psql" -h 127.0.0.1 -p "$port" -U postgres -d pgbouncer -Atc 'SHOW TOTALS' |
    awk -F'|' '{ n[$1] = $2 } END { print "Through PgBouncer: " n["total_xact_count"] " transactions, " n["total_query_count"] " queries" }' >&2
  [ "$status" = 0 ] || grep -v ' LOG ' "$folder/primary.pooler.log" | sed 's/^[^ ]* [^ ]* [^ ]* //' | sort | uniq -c >&2
fi
exit "$status"
