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

limit_seconds=3600 # of the whole run

pooled=''
if [ "${1:-}" = --pgbouncer ]; then
  pooled=yes
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
[ -x "$PG_BIN/initdb" ] && [ -x "$PG_BIN/pg_basebackup" ] ||
  fail 'PostgreSQL is not installed: apt-get install postgresql, or set PG_BIN to the folder of initdb, pg_ctl and pg_basebackup.'
[ -z "$pooled" ] || [ -x "$PGBOUNCER" ] ||
  fail 'PgBouncer is not installed: apt-get install pgbouncer, or set PGBOUNCER to its program.'

# None of them runs as root.
as=()
if [ "$(id -u)" = 0 ]; then
  user=$(id -un postgres 2>/dev/null || echo nobody)
  as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/versioner-replica-XXXXXX")
poolers=()
suite=''
clean_up() {
  trap - EXIT
  [ -z "$suite" ] || kill "$suite" 2>/dev/null || true
  for pooler in "${poolers[@]}"; do kill "$pooler" 2>/dev/null || true; done
  for name in standby primary; do
    [ ! -f "$folder/$name/postmaster.pid" ] ||
      (cd "$folder" && "${as[@]}" "$PG_BIN/pg_ctl" stop -D "$folder/$name" -m immediate -s) || true
  done
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
start() { # name
  run "$PG_BIN/pg_ctl" start -D "$folder/$1" -l "$folder/$1.log" -w -t 60 -s ||
    fail "PostgreSQL does not start: $(cat "$folder/$1.log")"
}
pool() { # name, port, port of its PostgreSQL
  run sh -c 'cat > "$1.ini"' sh "$1" <<END
[databases]
* = host=127.0.0.1 port=$3

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $2
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = 5
max_client_conn = 2000
server_idle_timeout = 30
server_login_retry = 1
END
  (cd "$folder" && exec "${as[@]}" "$PGBOUNCER" -q "$folder/$1.ini" >"$folder/$1.pooler.log" 2>&1) &
  poolers+=($!)
}

password=$(node -p "require('node:crypto').randomBytes(16).toString('hex')")
export PGPASSWORD=$password
primary_port=$(free_port)
run sh -c 'printf %s "$1" > password; printf "\"postgres\" \"%s\"\n" "$1" > users.txt' sh "$password"
run "$PG_BIN/initdb" -D "$folder/primary" -U postgres -A scram-sha-256 --pwfile="$folder/password" -E UTF8 --locale=C \
  >"$folder/initdb.log" 2>&1 || fail "initdb failed: $(cat "$folder/initdb.log")"
# Commits wait for the flush, as in production: a standby gets nothing that is not flushed.
run sh -c 'cat >> primary/postgresql.conf' <<END
listen_addresses = '127.0.0.1'
port = $primary_port
unix_socket_directories = ''
max_connections = 300
fsync = off
full_page_writes = off
wal_keep_size = 1GB
END
start primary

standby_port=$(free_port)
run "$PG_BIN/pg_basebackup" -h 127.0.0.1 -p "$primary_port" -U postgres -D "$folder/standby" -R -X stream -c fast ||
  fail 'pg_basebackup failed'
# What is in the way of the primary's changes is cancelled soon, so that the tests meet that too.
run sh -c 'cat >> standby/postgresql.conf' <<END
port = $standby_port
max_standby_streaming_delay = 200ms
log_statement = all
END
start standby

server=$("$PG_BIN/postgres" --version)
prepared=true
ports=("$primary_port" "$standby_port")
if [ -n "$pooled" ]; then
  ports=("$(free_port)" "$(free_port)")
  pool primary "${ports[0]}" "$primary_port"
  pool standby "${ports[1]}" "$standby_port"
  for port in "${ports[@]}"; do
    for try in $(seq 50); do
      "$PG_BIN/psql" -h 127.0.0.1 -p "$port" -U postgres -d postgres -qc 'SELECT 1' >/dev/null 2>&1 && break
      [ "$try" != 50 ] || fail "PgBouncer does not start: $(cat "$folder"/*.pooler.log)"
      sleep 0.2
    done
  done
  server="$("$PGBOUNCER" --version | head -n 1) in transaction mode, before $server"
  # Statements are not prepared by name: PgBouncer follows those from 1.21 on, and only with max_prepared_statements.
  prepared=false
fi
echo "On $server and a standby of it, DATABASE_PREPARED=$prepared"

url() { # port
  echo "postgres://postgres:$password@127.0.0.1:$1/postgres"
}
DATABASE_URL=$(url "${ports[0]}") DATABASE_REPLICA_URL=$(url "${ports[1]}") DATABASE_PREPARED=$prepared \
  timeout "$limit_seconds" node scripts/test.mjs "$@" </dev/null &
suite=$!
status=0
wait "$suite" || status=$?
suite=''

# That they were read there: what the standby has run, over all databases. Each list is one that is executed.
log=$folder/standby.log
count() {
  grep -cE "$1" "$log" || true
}
echo "On the standby: $(count ' execute (list|read|<unnamed>).*') lists read, $(count 'BEGIN ISOLATION LEVEL READ COMMITTED') asked for," \
  "$(count 'conflict with recovery') in the way of a change" >&2
exit "$status"
