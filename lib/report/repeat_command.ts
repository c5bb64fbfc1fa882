import type { Cell, RunHeader } from "../model/mod.ts";
import { shellWord } from "./safe_text.ts";
import { cellOptionText } from "./summarize_run.ts";

/**
 * The commands that run the same cells again. One is enough when every workload ran on the same adapters; otherwise
 * there is one for each group of workloads that did.
 */
export function repeatCommands({ label, settings }: RunHeader): string[] {
  const { blockCount, stopping, seed, timeoutMs } = settings;
  const cells = settings.cells.filter(({ anchor }) => anchor !== true);
  const byWorkload = Map.groupBy(
    cells,
    ({ workload, workloadVersion, scale }) => `${scale} ${workload}@${workloadVersion}`,
  );
  const groups = Map.groupBy(
    byWorkload.values(),
    (own) => [own[0]!.scale, ...own.map(adapterSpec)].join("\n"),
  );
  return [...groups.values()].map((workloads) => {
    const first = workloads[0]!;
    return [
      "deno task bench",
      shellWord(label),
      "--workload",
      shellWord(
        workloads.map(([cell]) => cell!.workloadModule ?? `${cell!.workload}@${cell!.workloadVersion}`).join(
          ",",
        ),
      ),
      "--adapter",
      shellWord(first.map(adapterSpec).join(",")),
      "--scale",
      first[0]!.scale,
      ...(stopping === undefined ? ["--blocks", blockCount] : ["--budget", `${stopping.budgetMs / 1000}s`]),
      "--seed",
      seed,
      "--timeout",
      Math.ceil(timeoutMs / 1000),
    ].join(" ");
  });
}

function adapterSpec(cell: Cell): string {
  const options = cellOptionText(cell);
  const name = cell.adapterModule ?? cell.adapter;
  return options === "" ? name : `${name}:${options}`;
}
