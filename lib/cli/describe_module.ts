/**
 * Asks a child process without permissions what an adapter or a workload from outside is, so that its code never runs
 * with the bench's own rights.
 */
import type { AdapterChoice } from "../adapters/mod.ts";
import {
  type Adapter,
  type Capabilities,
  type LiveDelay,
  type OptionValues,
  UsageError,
  type Workload,
} from "../model/mod.ts";
import { outsideAccess } from "../runner/outside_module.ts";

/** What the child is asked; its only argument. */
export interface DescribeOrder {
  readonly kind: "adapter" | "workload";
  readonly url: string;
  /** `name=value,...` as typed; empty for the defaults, and for workloads. */
  readonly optionText: string;
}

/** What the child answers on its last line. */
export type Description =
  | { readonly kind: "adapter"; readonly adapter: DescribedAdapter; readonly options: OptionValues }
  | { readonly kind: "workload"; readonly workload: Omit<Workload, "program"> }
  | { readonly kind: "unusable"; readonly reason: string };

/** An adapter's data; what it can do and how long it waits is told for the options that were asked about. */
export type DescribedAdapter = Omit<Adapter, "open" | "capabilities" | "delay"> & {
  readonly capabilities: Capabilities;
  readonly delay?: LiveDelay;
};

const ENTRY = new URL("../../scripts/describe.ts", import.meta.url);

/** Describes an adapter from outside. Throws a UsageError with the module's own message when there is none. */
export async function describeAdapterModule(url: string, optionText: string): Promise<AdapterChoice> {
  const description = await describe({ kind: "adapter", url, optionText });
  if (description.kind !== "adapter") throw new UsageError(unusable(description, url));
  const { capabilities, delay, ...rest } = description.adapter;
  const adapter: Adapter = {
    ...rest,
    capabilities: () => capabilities,
    ...(delay === undefined ? {} : { delay: () => delay }),
    open: () =>
      Promise.reject(new Error(`Cannot open adapter "${rest.id}" as it must run in a process of its own`)),
  };
  return { adapter, options: description.options };
}

/** Describes a workload from outside. Throws a UsageError with the module's own message when there is none. */
export async function describeWorkloadModule(url: string): Promise<Workload> {
  const description = await describe({ kind: "workload", url, optionText: "" });
  if (description.kind !== "workload") throw new UsageError(unusable(description, url));
  const { id } = description.workload;
  return {
    ...description.workload,
    program: () => {
      throw new Error(`Cannot build the program of workload "${id}" as it must run in a process of its own`);
    },
  };
}

async function describe(order: DescribeOrder): Promise<Description> {
  const { configPath, read } = outsideAccess(order.url);
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      ...(configPath === undefined ? ["--no-config"] : [`--config=${configPath}`]),
      ...read.map((path) => `--allow-read=${path.replaceAll(",", ",,")}`),
      ENTRY.href,
      JSON.stringify(order),
    ],
  }).output();
  const lines = new TextDecoder().decode(output.stdout).trim().split("\n");
  try {
    return JSON.parse(lines.at(-1)!) as Description;
  } catch {
    const said = new TextDecoder().decode(output.stderr).trim();
    return {
      kind: "unusable",
      reason: said || `The process left with code ${output.code} and without an answer`,
    };
  }
}

function unusable(description: Description, url: string): string {
  return description.kind === "unusable"
    ? description.reason
    : `Cannot load ${url}: it is no ${description.kind}`;
}
