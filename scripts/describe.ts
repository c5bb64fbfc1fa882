/** The child process that tells what an adapter or a workload from outside is. Runs without permissions. */
import { loadAdapter, parseOptions } from "../lib/adapters/mod.ts";
import { openDescriptors } from "../lib/child/mod.ts";
import type { AdapterAnswers, DescribeOrder, Description } from "../lib/cli/describe_module.ts";
import { loadWorkload } from "../lib/cli/load_workload.ts";
import { type Adapter, messageOf } from "../lib/model/mod.ts";
import { encodeJson } from "../lib/protocol/json.ts";

const order = JSON.parse(Deno.args[0] ?? "null") as DescribeOrder;
const channel = openDescriptors(() => Deno.exit(1));

async function describe({ kind, url, optionText }: DescribeOrder): Promise<Description> {
  if (kind === "workload") {
    const { program: _, ...workload } = await loadWorkload(url);
    return { kind, workload };
  }
  const adapter = await loadAdapter(url);
  const { open: _, capabilities: __, delay: ___, ...data } = adapter;
  try {
    return { kind, adapter: data, answers: answersOf(adapter, optionText), reason: "" };
  } catch (error) {
    return { kind, adapter: data, answers: undefined, reason: messageOf(error) };
  }
}

function answersOf(adapter: Adapter, optionText: string): AdapterAnswers {
  const options = parseOptions(adapter, optionText);
  const delay = adapter.delay?.(options);
  return { options, capabilities: adapter.capabilities(options), ...(delay === undefined ? {} : { delay }) };
}

let answer: string;
try {
  // Inside: what a module says of itself may be such that it cannot be told.
  answer = encodeJson(await describe(order));
} catch (error) {
  answer = encodeJson({ kind: "unusable", reason: messageOf(error) } satisfies Description);
}
channel.send(answer);
Deno.exit(0);
