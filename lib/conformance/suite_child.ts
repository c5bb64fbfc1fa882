/** The child process that plays the suite, with the suite's tables. */
import { SessionChild } from "../cli/session_child.ts";
import type { Table } from "../model/schema.ts";
import type { RemoteSession } from "../runner/remote_session.ts";
import { tablesFor } from "./fixtures.ts";
import { readThreadCpu } from "./read_cpu.ts";
import type { CpuReading } from "./scenario.ts";

/** See {@link SessionChild}. */
export class SuiteChild extends SessionChild {
  /** Opens a session in an empty directory; the tables are those of the scenarios unless others are given. */
  open(directory: string, tables?: readonly Table[]): Promise<RemoteSession> {
    const { adapter, options, elsewhere } = this.target;
    const all = tables ?? tablesFor(adapter.capabilities(options, elsewhere?.runtime));
    return this.openSession({ directory, database: "new", tables: all });
  }

  /** Whether it plays in a page. */
  get isPage(): boolean {
    return this.target.elsewhere?.launch.playsIn === "page";
  }

  /**
   * CPU time so far, by who spent it; `undefined` where the system does not tell, for a page's many processes, and in Bun,
   * whose own threads compile and collect for longer than the caller works.
   */
  async readCpu(): Promise<CpuReading | undefined> {
    if (this.isPage || this.target.elsewhere?.runtime === "bun") return undefined;
    const [threads, serverNs] = await Promise.all([readThreadCpu(this.pid), this.serverCpuNs()]);
    return threads === undefined ? undefined : { ...threads, processSeconds: (serverNs ?? 0) / 1e9 };
  }
}
