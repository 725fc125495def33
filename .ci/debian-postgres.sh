# A throw-away cluster of this system's own PostgreSQL, for the tests of the database. Sourced by `.ci/run`; sets MORTISE_TEST_DATABASE_URL.

# Debian's package, installed where that is possible; elsewhere it has to be there.
find_postgres() {
  if ! ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y postgresql >/dev/null || return 1
  fi
  postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | head -1)
  [ -n "$postgres_bin" ] && [ -x "$postgres_bin/postgres" ]
}

# PostgreSQL refuses to be root.
as_user() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}

start_postgres() {
  cluster=$(mktemp -d)
  chmod 755 "$cluster"
  if [ "$(id -u)" = 0 ]; then chown postgres: "$cluster"; fi
  as_user "$postgres_bin/initdb" --pgdata "$cluster/data" --username mortise --auth trust --encoding UTF8 --locale C --no-sync >/dev/null
  as_user "$postgres_bin/pg_ctl" --pgdata "$cluster/data" --log "$cluster/log" --wait start --options \
    "-c listen_addresses='' -c unix_socket_directories=$cluster -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
    >/dev/null
  export MORTISE_TEST_DATABASE_URL="postgresql://mortise@localhost/postgres?host=$cluster"
}

stop_postgres() {
  [ -n "${cluster:-}" ] || return 0
  as_user "$postgres_bin/pg_ctl" --pgdata "$cluster/data" --mode immediate --wait stop >/dev/null 2>&1 || true
  rm -rf "$cluster"
}
