/** The process that builds the program of a workload from outside. Runs without permissions but to read the module. */
import { openDescriptors } from "../lib/child/mod.ts";
import { loadWorkload } from "../lib/cli/load_workload.ts";
import { dataOf, type ProgramAnswer, type ProgramOrder } from "../lib/cli/outside_program.ts";
import { messageOf } from "../lib/model/mod.ts";
import { encodeJson } from "../lib/protocol/json.ts";

const { url, sizes, context } = JSON.parse(Deno.args[0] ?? "null") as ProgramOrder;
const channel = openDescriptors(() => Deno.exit(1));

async function build(): Promise<ProgramAnswer> {
  try {
    const workload = await loadWorkload(url);
    return { kind: "program", program: dataOf(workload.program(sizes, context)) };
  } catch (error) {
    return { kind: "unusable", reason: messageOf(error) };
  }
}

channel.send(encodeJson(await build()));
Deno.exit(0);
