/**
 * A private Postgres cluster from the programs that are installed here. It lives in the session's directory, listens on
 * the loopback address only, and stops when its user is gone, however that ended. Its files stay: a later session may
 * start it again, and whoever made the directory removes it.
 *
 *     this process --- pipe ---> sh (as an ordinary user) ---> postgres
 *                                 |- makes the cluster if there is none, reports "ready"
 *                                 `- when the pipe closes: stops postgres
 */
import { DriverUnavailableError, messageOf } from "../../model/errors.ts";

/** A running cluster. */
export interface PostgresCluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Stops the server; its files stay. */
  close(): Promise<void>;
}

/** The only program that this process starts; the others are its children. */
export const POSTGRES_SHELL = "/bin/sh";
/** Where the cluster listens. */
export const POSTGRES_HOST = "127.0.0.1";

const USER = "watchbench";

/** What a cluster needs. */
export interface ClusterPlace {
  /** An existing directory, through which the user postgres can pass when this process runs as root. */
  readonly directory: string;
  /** The same whenever the cluster of the directory is started. */
  readonly password: string;
  /** Where it listens; default is a port that is free. */
  readonly port?: number;
}

/**
 * Starts the cluster of a directory, and makes it first when there is none.
 *
 * Throws a DriverUnavailableError with the reason when Postgres is not installed, or with the server's own words when
 * it does not start.
 */
export async function startPostgresCluster(
  { directory, password, port = freePort() }: ClusterPlace,
): Promise<PostgresCluster> {
  const supervisor = startSupervisor(`${directory}/cluster`, port, password);
  const errors = new Response(supervisor.stderr).text();
  const output = supervisor.stdout.getReader();
  const { value } = await output.read();
  const answer = value === undefined ? "" : new TextDecoder().decode(value).trim();
  if (answer !== "ready") {
    await supervisor.stdin.abort();
    await output.cancel();
    await supervisor.status;
    throw new DriverUnavailableError(
      `Cannot start PostgreSQL: ${(await errors).trim() || "it gave no reason"}`,
    );
  }
  return {
    host: POSTGRES_HOST,
    port,
    user: USER,
    password,
    database: "postgres",
    async close() {
      await supervisor.stdin.close();
      await supervisor.status;
      await output.cancel();
      await errors;
    },
  };
}

function startSupervisor(home: string, port: number, password: string): Deno.ChildProcess {
  try {
    return new Deno.Command(POSTGRES_SHELL, {
      args: ["-c", AS_ORDINARY_USER],
      env: {
        LC_ALL: "C",
        WATCHBENCH_SCRIPT: SUPERVISE,
        WATCHBENCH_HOME: home,
        WATCHBENCH_PORT: String(port),
        WATCHBENCH_PASSWORD: password,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new DriverUnavailableError(`Cannot start PostgreSQL: ${messageOf(error)}`, { cause: error });
  }
}

/** A port that was free a moment ago. */
function freePort(): number {
  const listener = Deno.listen({ hostname: POSTGRES_HOST, port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Postgres refuses to run as root: another user gets the cluster's folder. */
const AS_ORDINARY_USER = `
mkdir -p "$WATCHBENCH_HOME" || exit 1
[ "$(id -u)" = 0 ] || exec /bin/sh -c "$WATCHBENCH_SCRIPT"
for user in postgres nobody; do
  id -u "$user" >/dev/null 2>&1 || continue
  chown "$user" "$WATCHBENCH_HOME" && exec su -s /bin/sh "$user" -c "$WATCHBENCH_SCRIPT"
done
echo "it must not run as root, and there is no user postgres or nobody" >&2
exit 1
`;

const SUPERVISE = `
cd /
for folder in "$(pg_config --bindir 2>/dev/null)" /usr/pgsql-*/bin /usr/lib/postgresql/*/bin \
    /usr/local/opt/postgresql*/bin /opt/homebrew/opt/postgresql*/bin "$(dirname "$(command -v postgres)")"; do
  [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && programs=$folder
done
if [ -z "$programs" ]; then
  echo "its programs initdb and postgres must be installed, or WATCHBENCH_POSTGRES_URL must name a server" >&2
  exit 1
fi

home=$WATCHBENCH_HOME
if ! [ -w "$home" ]; then
  echo "its user $(id -un) must be able to enter the folder: \"$home\" is closed to it" >&2
  exit 1
fi
finish() {
  trap '' EXIT HUP INT TERM
  [ -n "$server" ] && kill -INT "$server" 2>/dev/null && wait "$server"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
fail() {
  tail -n 5 "$home/log" >&2
  exit 1
}

if ! [ -e "$home/data/PG_VERSION" ]; then
  echo "$WATCHBENCH_PASSWORD" > "$home/password"
  "$programs/initdb" --pgdata="$home/data" --username=${USER} --pwfile="$home/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync > "$home/log" 2>&1 < /dev/null || fail
fi
# A server whose user was killed may still be stopping.
tries=0
while read -r owner < "$home/data/postmaster.pid" && kill -0 "$owner" && [ "$tries" -lt 200 ]; do
  sleep 0.05
  tries=$((tries + 1))
done 2>/dev/null
"$programs/postgres" -D "$home/data" -p "$WATCHBENCH_PORT" -c listen_addresses=${POSTGRES_HOST} \
  -c unix_socket_directories= > "$home/log" 2>&1 < /dev/null &
server=$!
until read -r owner < "$home/data/postmaster.pid" && [ "$owner" = "$server" ] &&
  grep -q ready "$home/data/postmaster.pid"; do
  kill -0 "$server" 2>/dev/null || fail
  sleep 0.02
done 2>/dev/null
echo ready
# Nothing is ever written: this ends when the pipe closes.
read -r _
exit 0
`;
