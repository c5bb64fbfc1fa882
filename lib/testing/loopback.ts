/** A child and its parent in one process: the same two ends of the channel, with arrays instead of pipes. */
import { ChildPlayer, serve } from "../child/mod.ts";
import type { Adapter, OptionValues } from "../model/adapter.ts";
import { SessionLink } from "../runner/remote_session.ts";
import { denoRuntime } from "../runtime/deno.ts";

/** Begins with the adapter; everything that is asked through the link goes over the wire's text. */
export async function loopback(adapter: Adapter, options: OptionValues = {}): Promise<SessionLink> {
  const lines: string[] = [];
  const waiters: ((line: string) => void)[] = [];
  const player = new ChildPlayer({
    runtime: denoRuntime(undefined),
    loadAdapter: () => Promise.resolve(adapter),
  });
  const link: SessionLink = new SessionLink({
    token: "token",
    send: (line) => {
      const waiter = waiters.shift();
      if (waiter === undefined) lines.push(line);
      else waiter(line);
    },
  });
  void serve({
    receive: () => {
      const line = lines.shift();
      return line === undefined ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve(line);
    },
    send: (line) => queueMicrotask(() => link.take(line)),
    close: () => {},
  }, { player, sessions: player });
  const patience = { finalQuietMs: 0, quietMs: 0, deadlineMs: 0 };
  await link.begin({ adapter: adapter.id, options, key: { a: 1, b: 2 }, keepsRows: false, patience });
  return link;
}
