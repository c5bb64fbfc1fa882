/** The child process that tells what an adapter or a workload from outside is. Runs without permissions. */
import { loadAdapter, parseOptions } from "../lib/adapters/mod.ts";
import type { DescribeOrder, Description } from "../lib/cli/describe_module.ts";
import { loadWorkload } from "../lib/cli/load_workload.ts";
import { messageOf } from "../lib/model/mod.ts";

const order = JSON.parse(Deno.args[0] ?? "null") as DescribeOrder;

async function describe({ kind, url, optionText }: DescribeOrder): Promise<Description> {
  if (kind === "workload") {
    const { program: _, ...workload } = await loadWorkload(url);
    return { kind, workload };
  }
  const { open: _, ...adapter } = await loadAdapter(url);
  const options = parseOptions({ ...adapter, open: () => Promise.reject() }, optionText);
  const { capabilities, delay, ...data } = adapter;
  return {
    kind,
    adapter: {
      ...data,
      capabilities: capabilities.call(adapter, options),
      ...(delay === undefined ? {} : { delay: delay.call(adapter, options) }),
    },
    options,
  };
}

let description: Description;
try {
  description = await describe(order);
} catch (error) {
  description = { kind: "unusable", reason: messageOf(error) };
}
console.log(JSON.stringify(description));
Deno.exit(0);
