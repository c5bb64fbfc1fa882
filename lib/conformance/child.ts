/**
 * The child process of the suite: opens the adapter under its own permissions and configuration, prints one line per
 * result, and then leaves by itself. Arguments: token, adapter, options as JSON, directory.
 *
 * Before it leaves it waits for its standard input to end, so that the parent can look at its open files.
 */
import { loadAdapter } from "../adapters/mod.ts";
import { DriverUnavailableError, messageOf } from "../model/errors.ts";
import { runConformance } from "./run_conformance.ts";
import type { ChildLine } from "./spawn_conformance.ts";

const [token = "", adapterName = "", optionsText = "{}", directory = ""] = Deno.args;
const say = (line: ChildLine) => console.log(`${token} ${JSON.stringify(line)}`);

let sessionCount = 0;
try {
  await runConformance({
    adapter: await loadAdapter(adapterName),
    options: JSON.parse(optionsText),
    openDirectory: async () => {
      const path = `${directory}/session-${++sessionCount}`;
      await Deno.mkdir(path);
      return path;
    },
    onResult: (result) => say({ kind: "result", result }),
  });
  say({ kind: "closed" });
} catch (error) {
  if (error instanceof DriverUnavailableError) say({ kind: "unavailable", reason: error.message });
  else say({ kind: "broken", reason: messageOf(error) });
}
for await (const _ of Deno.stdin.readable) {
  // Nothing is ever sent: the end of the stream is the message.
}
