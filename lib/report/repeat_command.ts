import { type Cell, type CellParameters, parameterPath, type RunHeader } from "../model/mod.ts";
import { shellWord } from "./safe_text.ts";
import { cellOptionText } from "./summarize_run.ts";

/** Cells that one command runs: every workload on every adapter with every combination of parameters. */
interface RepeatedCells {
  /** One per adapter, of one workload with one set of parameters. */
  readonly cells: readonly Cell[];
  readonly workloads: readonly string[];
  readonly variants: readonly CellParameters[];
}

/**
 * The commands that run the same cells again. One is enough when every workload ran on the same adapters with the same
 * parameters; otherwise there is one for each group of workloads that did.
 */
export function repeatCommands({ label, settings, workloads: described }: RunHeader): string[] {
  const { blockCount, stopping, seed, timeoutMs } = settings;
  return repeated(settings.cells.filter(({ anchor }) => anchor !== true)).map(
    ({ cells, workloads, variants }) =>
      [
        "deno task bench",
        shellWord(label),
        "--workload",
        shellWord(workloads.join(",")),
        "--adapter",
        shellWord(cells.map(adapterSpec).join(",")),
        "--scale",
        cells[0]!.scale,
        ...parameterOptions(variants, (name) =>
          described.some(({ id, version, sweeps = {} }) =>
            id === cells[0]!.workload && version === cells[0]!.workloadVersion && Object.hasOwn(sweeps, name)
          )),
        ...(stopping === undefined ? ["--blocks", blockCount] : ["--budget", `${stopping.budgetMs / 1000}s`]),
        "--seed",
        seed,
        "--timeout",
        Math.ceil(timeoutMs / 1000),
      ].join(" "),
  );
}

function repeated(cells: readonly Cell[]): RepeatedCells[] {
  const places = Map.groupBy(
    cells,
    (cell) => `${cell.scale} ${workloadSpec(cell)}${parameterPath(cell.parameters)}`,
  );
  const byAdapters = Map.groupBy(
    places.values(),
    (own) => [own[0]!.scale, parameterPath(own[0]!.parameters), ...own.map(adapterSpec)].join("\n"),
  );
  const groups = [...byAdapters.values()].map((all): RepeatedCells => ({
    cells: all[0]!,
    workloads: all.map(([cell]) => workloadSpec(cell!)),
    variants: [all[0]![0]!.parameters ?? {}],
  }));
  const byWorkloads = Map.groupBy(
    groups,
    ({ cells, workloads }) => [cells[0]!.scale, ...workloads, "", ...cells.map(adapterSpec)].join("\n"),
  );
  return [...byWorkloads.values()].flatMap((alike) => {
    // Parameters are swept one at a time, so that cells of one run may set different ones.
    const bySet = Map.groupBy(alike, ({ variants }) => Object.keys(variants[0]!).join());
    return [...bySet.values()].flatMap((groups) => {
      const variants = groups.flatMap((group) => group.variants);
      return areProduct(variants) ? [{ ...groups[0]!, variants }] : groups;
    });
  });
}

/** Whether different variants are all combinations of the values of their names. */
function areProduct(variants: readonly CellParameters[]): boolean {
  const names = Object.keys(variants[0]!);
  return names.reduce((count, name) => count * valuesOf(variants, name).length, 1) === variants.length;
}

function valuesOf(variants: readonly CellParameters[], name: string): (string | undefined)[] {
  return [...new Set(variants.map((parameters) => parameters[name]))];
}

/** A size is set by a sweep, everything else by an option of its own. */
function parameterOptions(
  variants: readonly CellParameters[],
  isSwept: (name: string) => boolean,
): string[] {
  return Object.keys(variants[0]!).flatMap((name) => {
    const values = valuesOf(variants, name).join(",");
    return isSwept(name) ? ["--sweep", shellWord(`${name}=${values}`)] : [`--${name}`, shellWord(values)];
  });
}

function workloadSpec({ workload, workloadVersion, workloadModule }: Cell): string {
  return workloadModule ?? `${workload}@${workloadVersion}`;
}

/** The adapter of a cell as a command line names it: id or module, with the options that differ from their defaults. */
export function adapterSpec(cell: Cell): string {
  const options = cellOptionText(cell);
  const name = cell.adapterModule ?? cell.adapter;
  return options === "" ? name : `${name}:${options}`;
}
