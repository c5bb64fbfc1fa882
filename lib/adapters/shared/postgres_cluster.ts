/**
 * A private Postgres cluster from the programs that are installed here. It lives in a temporary folder, listens on the
 * loopback address only, and is gone when its user is gone, however that ended.
 *
 *     this process --- pipe ---> sh (as an ordinary user) ---> postgres
 *                                 |- makes the folder, reports "ready"
 *                                 `- when the pipe closes: stops postgres, removes the folder
 */
import { DriverUnavailableError, messageOf } from "../../model/errors.ts";

/** A running cluster. */
export interface PostgresCluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Stops the server and removes its files. */
  close(): Promise<void>;
}

/** The only program that this process starts; the others are its children. */
export const POSTGRES_SHELL = "/bin/sh";
/** Where the cluster listens. */
export const POSTGRES_HOST = "127.0.0.1";

const USER = "watchbench";

/**
 * Starts a cluster.
 *
 * Throws a DriverUnavailableError with the reason when Postgres is not installed, or with the server's own words when
 * it does not start.
 */
export async function startPostgresCluster(): Promise<PostgresCluster> {
  const port = freePort();
  const password = crypto.randomUUID();
  const supervisor = startSupervisor(port, password);
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

function startSupervisor(port: number, password: string): Deno.ChildProcess {
  try {
    return new Deno.Command(POSTGRES_SHELL, {
      args: ["-c", AS_ORDINARY_USER],
      // The name is the one by which the bench sweeps what killed processes left.
      env: {
        LC_ALL: "C",
        WATCHBENCH_SCRIPT: SUPERVISE,
        WATCHBENCH_FOLDER: `watchbench-${Deno.pid}-postgres-XXXXXX`,
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

/** Postgres refuses to run as root, and another user cannot enter root's temporary folders. */
const AS_ORDINARY_USER = `
[ "$(id -u)" = 0 ] || exec /bin/sh -c "$WATCHBENCH_SCRIPT"
unset TMPDIR
for user in postgres nobody; do
  id -u "$user" >/dev/null 2>&1 && exec su -s /bin/sh "$user" -c "$WATCHBENCH_SCRIPT"
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

home=$(mktemp -d "\${TMPDIR:-/tmp}/$WATCHBENCH_FOLDER") || exit 1
finish() {
  trap '' EXIT HUP INT TERM
  [ -n "$server" ] && kill -INT "$server" 2>/dev/null && wait "$server"
  rm -rf "$home"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
fail() {
  tail -n 5 "$home/log" >&2
  exit 1
}

echo "$WATCHBENCH_PASSWORD" > "$home/password"
"$programs/initdb" --pgdata="$home/data" --username=${USER} --pwfile="$home/password" --auth=scram-sha-256 \
  --encoding=UTF8 --locale=C --no-sync > "$home/log" 2>&1 < /dev/null || fail
"$programs/postgres" -D "$home/data" -p "$WATCHBENCH_PORT" -c listen_addresses=${POSTGRES_HOST} \
  -c unix_socket_directories= > "$home/log" 2>&1 < /dev/null &
server=$!
until grep -q ready "$home/data/postmaster.pid" 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || fail
  sleep 0.02
done
echo ready
# Nothing is ever written: this ends when the pipe closes.
read -r _
exit 0
`;
