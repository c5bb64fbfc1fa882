/** An adapter from outside that declares no permissions and tries to get at everything; `facts` name what it got. */
import { fakeAdapter } from "./fake_adapter.ts";

const honest = fakeAdapter();
const [libcPath] = Deno.args;

const ATTEMPTS: Readonly<Record<string, (directory: string) => unknown>> = {
  "own directory": (directory) => Deno.writeTextFileSync(`${directory}/own.txt`, ""),
  "other files": () => Deno.readTextFileSync("/etc/passwd"),
  "other folders": () => Deno.makeTempDirSync(),
  "environment": () => Deno.env.toObject(),
  "network": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }).close(),
  "programs": () => new Deno.Command("true").outputSync(),
  "system": () => Deno.hostname(),
  // Whoever can call the C library can do all of the above.
  "C library": () =>
    Deno.dlopen(libcPath ?? "libc.so.6", { getpid: { parameters: [], result: "i32" } }).close(),
};

export default {
  ...honest,
  id: "prying",
  open: async (context: Parameters<typeof honest.open>[0]) => {
    const session = await honest.open(context);
    const facts: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(ATTEMPTS)) {
      try {
        await attempt(context.directory);
        facts[name] = "got";
      } catch (error) {
        facts[name] = error instanceof Error ? error.name : String(error);
      }
    }
    return Object.assign(session, { facts: () => facts });
  },
};
