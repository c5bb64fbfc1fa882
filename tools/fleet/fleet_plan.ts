/** What a fleet is to run, signed: cells, settings and the code that runs them. */
import { z } from "zod";
import type { BenchOptions } from "../../lib/cli/bench_options.ts";
import { beginRun, describeCells, summarizeAdapters, summarizeWorkloads } from "../../lib/cli/run_setup.ts";
import { durationOf } from "../../lib/cli/soak.ts";
import { messageOf, type RunHeader, type Settings, UsageError, workloadKey } from "../../lib/model/mod.ts";
import { parseLabel } from "../../lib/record/mod.ts";
import { isSearched } from "../../lib/stats/mod.ts";
import { type CodeIdentity, codeIdentity, codeIdentitySchema } from "./code_identity.ts";
import type { FleetKey } from "./fleet_key.ts";

/** Version of what plans, rounds and results say to each other. */
export const FLEET_VERSION = 1;

const PURPOSE = "fleet plan";

/** A plan of rounds: round 0 keeps whole rows, the rounds after it are measured. */
export interface FleetPlan extends Pick<RunHeader, "adapters" | "workloads" | "capabilities" | "delays"> {
  /** {@link FLEET_VERSION} of who planned it. */
  readonly version: number;
  readonly id: string;
  readonly label: string;
  /** ISO 8601, UTC; names the record and is its `startedAt`. */
  readonly plannedAt: string;
  readonly code: CodeIdentity;
  /** `blockCount` is the number of measured rounds. */
  readonly settings: Settings;
}

/** A plan on its way: the text that was signed. */
export interface SignedPlan {
  readonly plan: string;
  readonly text: string;
  readonly signature: string;
}

const signedSchema = z.strictObject({ plan: z.string(), text: z.string(), signature: z.string() });

const planSchema = z.looseObject({
  version: z.int().min(1),
  id: z.uuid(),
  label: z.string(),
  plannedAt: z.iso.datetime(),
  code: codeIdentitySchema,
  settings: z.looseObject({
    cells: z.array(z.looseObject({ key: z.string() })).min(1),
    blockCount: z.int().min(1),
  }),
});

/** Reads what was asked of `bench` as a plan. Throws a UsageError for what a fleet cannot run. */
export async function makePlan(options: BenchOptions, now: Date, id: string): Promise<FleetPlan> {
  if (options.blocks === undefined) {
    throw new UsageError(
      "Cannot plan without a number of rounds as nobody sees all blocks while machines run: give --blocks <n>",
    );
  }
  const { cells, settings } = await beginRun(options);
  const searched = cells.find(({ cell }) => isSearched(cell));
  if (searched !== undefined) {
    throw new UsageError(
      `Cannot plan a search as every round must be settled before: "${searched.cell.key}" searches its rate, so give --rate <n>/s`,
    );
  }
  const workloads = new Map(cells.map(({ workload }) => [workloadKey(workload), { workload }]));
  const scales = [...new Set(cells.map(({ cell }) => cell.scale))];
  return {
    version: FLEET_VERSION,
    id,
    label: parseLabel(options.label ?? "fleet"),
    plannedAt: now.toISOString(),
    code: codeIdentity(settings.cells),
    settings,
    adapters: summarizeAdapters(cells),
    workloads: summarizeWorkloads([...workloads.values()], scales),
    ...describeCells(cells),
  };
}

/** Signs a plan. */
export function signPlan(plan: FleetPlan, key: FleetKey): SignedPlan {
  const text = JSON.stringify(plan);
  return { plan: plan.id, text, signature: key.sign(PURPOSE, text) };
}

/** Reads a plan. Throws a UsageError for one that another key signed, and for one of another version. */
export function openPlan(value: unknown, key: FleetKey): FleetPlan {
  const signed = signedSchema.safeParse(value);
  const name = signed.data?.plan ?? "unknown";
  if (!signed.success || !key.signed(PURPOSE, signed.data.text, signed.data.signature)) {
    throw new UsageError(
      `Cannot trust plan ${name} as the fleet's key must have signed it: this key is another one, or the plan was changed`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(signed.data.text);
  } catch (error) {
    throw new UsageError(`Cannot read plan ${name} as it must be JSON: ${messageOf(error)}`);
  }
  const version = (parsed as { version?: unknown } | null)?.version;
  if (version !== FLEET_VERSION) {
    throw new UsageError(
      `Cannot read plan ${name} as its version must be ${FLEET_VERSION}: got ${version}, which another Watchbench planned`,
    );
  }
  const checked = planSchema.safeParse(parsed);
  const [issue] = checked.error?.issues ?? [];
  if (issue !== undefined || checked.data?.id !== name) {
    throw new UsageError(
      `Cannot read plan ${name} as it must be sound: ${
        issue === undefined ? "its id is another one" : `"${issue.path.join(".")}": ${issue.message}`
      }`,
    );
  }
  return parsed as FleetPlan;
}

/** How many rounds a plan has, that of the rows included. */
export function roundCountOf({ settings }: { readonly settings: Pick<Settings, "blockCount"> }): number {
  return settings.blockCount + 1;
}

/** pg-boss lets no job be under way for longer, seconds. */
const MOST_SECONDS = 24 * 3600;

/** How long a round takes at most, seconds. */
export function longestRoundSeconds({ cells, timeoutMs }: Settings): number {
  // A block that was wrong is followed by one more.
  const blocksMs = cells.reduce((sum, cell) => sum + 2 * timeoutMs + (durationOf(cell) ?? 0), 0);
  return Math.min(MOST_SECONDS, Math.ceil(blocksMs / 1000) + 60);
}
