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

limit_seconds=3600 # of the whole run

direct=''
if [ "${1:-}" = --direct ]; then
  direct=yes
  shift
fi

fail() {
  echo "$1" >&2
  exit 1
}

# The newest PostgreSQL: Debian keeps one folder for each version, others have it in the PATH.
PG_BIN=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
PG_BIN=${PG_BIN:-$(dirname "$(command -v initdb || true)")}
PGBOUNCER=${PGBOUNCER:-$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer || true)}
[ -x "$PG_BIN/initdb" ] && [ -x "$PG_BIN/psql" ] ||
  fail 'PostgreSQL is not installed: apt-get install postgresql, or set PG_BIN to the folder of initdb, pg_ctl and psql.'
[ -n "$direct" ] || [ -x "$PGBOUNCER" ] ||
  fail 'PgBouncer is not installed: apt-get install pgbouncer, or set PGBOUNCER to its program.'

# Neither of them runs as root.
as=()
if [ "$(id -u)" = 0 ]; then
  user=$(id -un postgres 2>/dev/null || echo nobody)
  as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/versioner-pgbouncer-XXXXXX")
pooler=''
suite=''
clean_up() {
  trap - EXIT
  [ -z "$suite" ] || kill "$suite" 2>/dev/null || true
  [ -z "$pooler" ] || kill "$pooler" 2>/dev/null || true
  [ ! -f "$folder/data/postmaster.pid" ] ||
    (cd "$folder" && "${as[@]}" "$PG_BIN/pg_ctl" stop -D "$folder/data" -m immediate -s) || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ ${#as[@]} -eq 0 ] || chown "$user" "$folder"
free_port() {
  node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"
}
run() {
  (cd "$folder" && umask 077 && "${as[@]}" "$@")
}

password=$(node -p "require('node:crypto').randomBytes(16).toString('hex')")
database_port=$(free_port)
run sh -c 'printf %s "$1" > password' sh "$password"
run "$PG_BIN/initdb" -D "$folder/data" -U postgres -A scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C \
  >"$folder/initdb.log" 2>&1 || fail "initdb failed: $(cat "$folder/initdb.log")"
run sh -c 'cat >> data/postgresql.conf' <<END
listen_addresses = '127.0.0.1'
port = $database_port
unix_socket_directories = ''
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
END
run "$PG_BIN/pg_ctl" start -D "$folder/data" -l "$folder/postgres.log" -w -t 60 -s ||
  fail "PostgreSQL does not start: $(cat "$folder/postgres.log")"
port=$database_port
server=$("$PG_BIN/postgres" --version)
prepared=true

if [ -z "$direct" ]; then
  port=$(free_port)
  # Each test file has databases of its own, so each pool is for one file: few places, as in production, and many pools.
  run sh -c 'cat > pgbouncer.ini' <<END
[databases]
* = host=127.0.0.1 port=$database_port

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
admin_users = postgres
pool_mode = transaction
default_pool_size = 5
max_client_conn = 2000
server_idle_timeout = 30
END
  run sh -c 'printf "\"postgres\" \"%s\"\n" "$1" > users.txt' sh "$password"
  (cd "$folder" && exec "${as[@]}" "$PGBOUNCER" -q "$folder/pgbouncer.ini" >"$folder/pgbouncer.log" 2>&1) &
  pooler=$!
  export PGPASSWORD=$password
  for try in $(seq 50); do
    "$PG_BIN/psql" -h 127.0.0.1 -p "$port" -U postgres -d postgres -qc 'SELECT 1' >/dev/null 2>&1 && break
    [ "$try" != 50 ] || fail "PgBouncer does not start: $(cat "$folder/pgbouncer.log")"
    sleep 0.2
  done
  server="$("$PGBOUNCER" --version | head -n 1) in transaction mode, before $server"
  prepared=false
fi
echo "On $server, DATABASE_PREPARED=$prepared"

# Statements are not prepared by name: PgBouncer follows those from 1.21 on, and only with max_prepared_statements.
DATABASE_URL=postgres://postgres:$password@127.0.0.1:$port/postgres DATABASE_PREPARED=$prepared \
  timeout "$limit_seconds" node scripts/test.mjs "$@" </dev/null &
suite=$!
status=0
wait "$suite" || status=$?
suite=''

if [ -n "$pooler" ]; then
  # That it went through: what PgBouncer has counted, over all databases.
  "$PG_BIN/psql" -h 127.0.0.1 -p "$port" -U postgres -d pgbouncer -Atc 'SHOW TOTALS' |
    awk -F'|' '{ n[$1] = $2 } END { print "Through PgBouncer: " n["total_xact_count"] " transactions, " n["total_query_count"] " queries" }' >&2
  [ "$status" = 0 ] || grep -v ' LOG ' "$folder/pgbouncer.log" | sed 's/^[^ ]* [^ ]* [^ ]* //' | sort | uniq -c >&2
fi
exit "$status"
