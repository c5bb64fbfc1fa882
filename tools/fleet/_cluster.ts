/** A PostgreSQL server for tests and benchmarks, on a port of its own that stays the same when it is started again. */
import { join } from "node:path";
import { type PostgresCluster, startPostgresCluster } from "../../lib/adapters/shared/postgres_cluster.ts";
import { DriverUnavailableError } from "../../lib/model/mod.ts";

/** A server and how to reach it. */
export class TestCluster {
  readonly #folder: string;
  readonly #password: string;
  #cluster: PostgresCluster | undefined;
  #port: number | undefined;

  /** `folder` is there, and others may pass through it. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#password = crypto.randomUUID();
  }

  /** Starts it. Returns why it cannot be, `undefined` when it runs. */
  async start(): Promise<string | undefined> {
    try {
      const cluster = await startPostgresCluster({
        directory: this.#folder,
        password: this.#password,
        ...(this.#port === undefined ? {} : { port: this.#port }),
      });
      this.#cluster = cluster;
      this.#port = cluster.port;
      return undefined;
    } catch (error) {
      if (error instanceof DriverUnavailableError) return error.message;
      throw error;
    }
  }

  /** Stops it; what it holds stays. */
  async stop(): Promise<void> {
    await this.#cluster?.close();
    this.#cluster = undefined;
  }

  /** Address for the owner, or for a role with the same password as its name. */
  url(role?: string): string {
    const { user, password, host, port, database } = this.#cluster!;
    const who = role === undefined ? `${user}:${password}` : `${role}:${role}`;
    return `postgres://${who}@${host}:${port}/${database}`;
  }
}

/** Runs `test` with a server in a folder of its own; says that it is skipped, and why, where there is none. */
export async function withCluster(
  test: (cluster: TestCluster, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  // The server runs as another user than root.
  await Deno.chmod(folder, 0o711);
  try {
    const cluster = new TestCluster(folder);
    const reason = await cluster.start();
    if (reason !== undefined) {
      console.warn(`Skipped: ${reason}`);
      return;
    }
    try {
      await test(cluster, folder);
    } finally {
      await cluster.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A folder below `folder`. */
export function below(folder: string, name: string): string {
  const path = join(folder, name);
  Deno.mkdirSync(path, { recursive: true });
  return path;
}
