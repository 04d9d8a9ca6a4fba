# For the scripts that run the tests on PostgreSQLs, and PgBouncers, of their own; sourced by them. They are started on
# free ports and in a temporary folder, and removed at the end.

limit_seconds=3600 # of the whole run

fail() {
  echo "$1" >&2
  exit 1
}

# The newest PostgreSQL: Debian keeps one folder for each version, others have it in the PATH.
PG_BIN=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)}
PG_BIN=${PG_BIN:-$(dirname "$(command -v initdb || true)")}
PGBOUNCER=${PGBOUNCER:-$(PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v pgbouncer || true)}

require_postgresql() { # the programs that are needed beside initdb and pg_ctl
  for program in initdb pg_ctl "$@"; do
    [ -x "$PG_BIN/$program" ] ||
      fail "PostgreSQL is not installed: apt-get install postgresql, or set PG_BIN to the folder of initdb, pg_ctl, $*."
  done
}
require_pgbouncer() {
  [ -x "$PGBOUNCER" ] ||
    fail 'PgBouncer is not installed: apt-get install pgbouncer, or set PGBOUNCER to its program.'
}

# None of them runs as root.
as=()
if [ "$(id -u)" = 0 ]; then
  user=$(id -un postgres 2>/dev/null || echo nobody)
  as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/versioner-servers-XXXXXX")
poolers=()
suite=''
clean_up() {
  trap - EXIT
  [ -z "$suite" ] || kill "$suite" 2>/dev/null || true
  for pooler in "${poolers[@]}"; do kill "$pooler" 2>/dev/null || true; done
  # A standby before the primary that it follows.
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

password=$(node -p "require('node:crypto').randomBytes(16).toString('hex')")
export PGPASSWORD=$password
url() { # port
  echo "postgres://postgres:$password@127.0.0.1:$1/postgres"
}
free_port() {
  node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close(); })"
}
in_folder() {
  (cd "$folder" && umask 077 && "${as[@]}" "$@")
}
in_folder sh -c 'printf %s "$1" > password; printf "\"postgres\" \"%s\"\n" "$1" > users.txt' sh "$password"

make_primary() { # port, further setting
  in_folder "$PG_BIN/initdb" -D "$folder/primary" -U postgres -A scram-sha-256 --pwfile="$folder/password" -E UTF8 \
    --locale=C >"$folder/initdb.log" 2>&1 || fail "initdb failed: $(cat "$folder/initdb.log")"
  in_folder sh -c 'cat >> primary/postgresql.conf' <<END
listen_addresses = '127.0.0.1'
port = $1
unix_socket_directories = ''
max_connections = 300
fsync = off
full_page_writes = off
$2
END
}
start() { # name
  in_folder "$PG_BIN/pg_ctl" start -D "$folder/$1" -l "$folder/$1.log" -w -t 60 -s ||
    fail "PostgreSQL does not start: $(cat "$folder/$1.log")"
}

# Each test file has databases of its own, so each pool is for one file: few places, as in production, and many pools.
pool() { # name, port, port of its PostgreSQL
  in_folder sh -c 'cat > "$1.ini"' sh "$1" <<END
[databases]
* = host=127.0.0.1 port=$3

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $2
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
admin_users = postgres
pool_mode = transaction
default_pool_size = 5
max_client_conn = 2000
server_idle_timeout = 30
server_login_retry = 1
END
  (cd "$folder" && exec "${as[@]}" "$PGBOUNCER" -q "$folder/$1.ini" >"$folder/$1.pooler.log" 2>&1) &
  poolers+=($!)
  for try in $(seq 50); do
    "$PG_BIN/psql" -h 127.0.0.1 -p "$2" -U postgres -d postgres -qc 'SELECT 1' >/dev/null 2>&1 && break
    [ "$try" != 50 ] || fail "PgBouncer does not start: $(cat "$folder/$1.pooler.log")"
    sleep 0.2
  done
}

run_tests() { # jest's arguments; sets `status`
  timeout "$limit_seconds" node scripts/test.mjs "$@" </dev/null &
  suite=$!
  status=0
  wait "$suite" || status=$?
  suite=''
}
