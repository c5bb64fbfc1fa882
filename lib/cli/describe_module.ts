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
import { decodeJson } from "../protocol/json.ts";
import { askModule } from "./ask_module.ts";
import { checkDescription } from "./check_description.ts";

/** What the child is asked; its only argument. */
export interface DescribeOrder {
  readonly kind: "adapter" | "workload";
  readonly url: string;
  /** `name=value,...` as typed; empty for the defaults, and for workloads. */
  readonly optionText: string;
}

/** What the child answers. An adapter's data is told even where what it answers cannot be had. */
export type Description =
  | {
    readonly kind: "adapter";
    readonly adapter: DescribedAdapter;
    readonly answers: AdapterAnswers | undefined;
    /** Why there are no answers. */
    readonly reason: string;
  }
  | { readonly kind: "workload"; readonly workload: Omit<Workload, "program"> }
  | { readonly kind: "unusable"; readonly reason: string };

/** What an adapter's functions say for the options that were asked about. */
export interface AdapterAnswers {
  readonly options: OptionValues;
  readonly capabilities: Capabilities;
  readonly delay?: LiveDelay;
}

/** An adapter's data. */
export type DescribedAdapter = Omit<Adapter, "open" | "capabilities" | "delay">;

const ENTRY = new URL("../../scripts/describe.ts", import.meta.url);

/**
 * Describes an adapter from outside. Throws a UsageError with the module's own message when there is none, and when it
 * breaks the contract or takes longer than `deadlineMs`, 60 s by default.
 */
export async function describeAdapterModule(
  url: string,
  optionText: string,
  deadlineMs?: number,
): Promise<AdapterChoice> {
  const description = await describe({ kind: "adapter", url, optionText }, deadlineMs);
  if (description.kind !== "adapter") throw new UsageError(unusable(description, url));
  const { adapter: rest, answers, reason } = description;
  // First: what cannot be answered is the consequence of data of a wrong shape more often than not.
  checkDescription("adapter", rest, url);
  if (answers === undefined) throw new UsageError(reason);
  checkDescription("adapter's answers", answers, url);
  const { capabilities, delay, options } = answers;
  const adapter: Adapter = {
    ...rest,
    capabilities: () => capabilities,
    ...(delay === undefined ? {} : { delay: () => delay }),
    open: () =>
      Promise.reject(new Error(`Cannot open adapter "${rest.id}" as it must run in a process of its own`)),
  };
  return { adapter, options };
}

/** Describes a workload from outside. Throws as {@link describeAdapterModule} does. */
export async function describeWorkloadModule(url: string, deadlineMs?: number): Promise<Workload> {
  const description = await describe({ kind: "workload", url, optionText: "" }, deadlineMs);
  if (description.kind !== "workload") throw new UsageError(unusable(description, url));
  checkDescription("workload", description.workload, url);
  const { id } = description.workload;
  return {
    ...description.workload,
    program: () => {
      throw new Error(`Cannot build the program of workload "${id}" as it must run in a process of its own`);
    },
  };
}

async function describe(order: DescribeOrder, deadlineMs: number | undefined): Promise<Description> {
  const asked = await askModule({ entry: ENTRY, url: order.url, order, deadlineMs });
  if (asked.line === undefined) {
    return { kind: "unusable", reason: `Cannot load ${order.kind} module "${order.url}": ${asked.reason}` };
  }
  return decodeJson(asked.line) as Description;
}

function unusable(description: Description, url: string): string {
  return description.kind === "unusable"
    ? description.reason
    : `Cannot load ${url}: it is no ${description.kind}`;
}
