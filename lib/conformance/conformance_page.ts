/** A stored conformance table as a page in markdown: kinds, gaps, and why scenarios were not asked. */
import { DEFAULT_RUNTIME, RUNTIME_IDS, type RuntimeId, runtimeTitle } from "../model/runtime.ts";
import {
  kindOf,
  runtimeOfRow,
  type StoredAdapter,
  type StoredConformance,
  type StoredConformanceRun,
} from "./stored_conformance.ts";

/** The whole page; the same input gives the same bytes. */
export function conformancePage({ adapters, runs }: StoredConformance): string {
  const kinds = [...new Set(adapters.flatMap(({ results }) => results.map(({ key }) => kindOf(key))))];
  const runtimes = RUNTIME_IDS.filter((runtime) => adapters.some((row) => runtimeOfRow(row) === runtime));
  const [only] = runtimes;
  return [
    "# Conformance",
    "",
    ...(runs.length === 1
      ? [`Run until ${describeRun(runs[0]!)}.`]
      : [`From ${runs.length} runs, which the end of this page names.`]),
    "",
    ...(runtimes.length === 1 ? kindTable(adapters, kinds, only!) : [
      ...overview(adapters, runtimes),
      "",
      ...runtimes.flatMap((runtime) => [
        `## By kind in ${runtimeTitle(runtime)}`,
        "",
        ...kindTable(adapters.filter(({ unavailable }) => unavailable === undefined), kinds, runtime),
        "",
      ]).slice(0, -1),
    ]),
    "",
    "A number is how many scenarios of the kind were kept; `+ 1 gap` is one known not to be kept, `, 1 fails` one that",
    "is not known. A dash: the database was not asked, for a reason below.",
    "",
    ...list("## Known gaps", adapters, "known-gap"),
    ...list("## To look at", adapters, "failed", "closed-gap", "stale-gap"),
    ...skips(adapters),
    "## Versions",
    "",
    ...adapters.filter(({ adapter }, index) =>
      adapters.findIndex((other) => other.adapter === adapter) === index
    ).map(({ adapter, drivers }) =>
      `- ${adapter}: ${
        Object.entries(drivers).map(([name, version]) => `${name} ${version}`).join(", ") ||
        "part of the runtime, or of this repository"
      }`
    ),
    "",
    ...(runs.length === 1 ? [] : runList(runs, adapters)),
  ].join("\n");
}

function describeRun({ endedAt, environment }: StoredConformanceRun): string {
  const { commit, isDirty, deno, runtimes = {}, os, cpuModel } = environment;
  const revision = commit === undefined
    ? ""
    : `, commit ${commit.slice(0, 12)}${isDirty ? " with changes" : ""}`;
  const others = Object.entries(runtimes).map(([runtime, version]) =>
    `, ${runtimeTitle(runtime as RuntimeId)} ${version}`
  );
  return `${endedAt.slice(0, 16)} UTC: Deno ${deno}${others.join("")}, ${os}, ${cpuModel}${revision}`;
}

/** Databases by runtime: all kinds together. */
function overview(adapters: readonly StoredAdapter[], runtimes: readonly RuntimeId[]): string[] {
  const named = Map.groupBy(adapters, ({ adapter, options }) => choiceName({ adapter, options }));
  const ids = [...new Set(adapters.map(({ adapter }) => adapter))];
  // Rows of one adapter together: its options differ from runtime to runtime, and so do its storages.
  const rows = [...named].map(([name, own]) => ({ name, own }))
    .filter(({ own }) => own.some(({ unavailable }) => unavailable === undefined))
    .toSorted((a, b) => ids.indexOf(a.own[0]!.adapter) - ids.indexOf(b.own[0]!.adapter));
  return table(
    ["adapter", ...runtimes.map(runtimeTitle)],
    rows.map(({ name, own }) => [
      name,
      ...runtimes.map((runtime) => {
        const there = (one: StoredAdapter): boolean => runtimeOfRow(one) === runtime;
        const row = own.find(there) ??
          // What does not run there has no options there.
          adapters.find((one) =>
            one.adapter === own[0]!.adapter && there(one) && one.unavailable !== undefined
          );
        return row === undefined ? "-" : cellOf(row, () => true);
      }),
    ]),
  );
}

function kindTable(
  adapters: readonly StoredAdapter[],
  kinds: readonly string[],
  runtime: RuntimeId,
): string[] {
  const own = adapters.filter((row) => runtimeOfRow(row) === runtime);
  const asked = kinds.filter((kind) =>
    own.some(({ results }) => results.some(({ key }) => kindOf(key) === kind))
  );
  return table(
    ["adapter", ...asked],
    own.map((row) => [choiceName(row), ...asked.map((kind) => cellOf(row, (key) => kindOf(key) === kind))]),
  );
}

function runList(runs: readonly StoredConformanceRun[], adapters: readonly StoredAdapter[]): string[] {
  return [
    "## Runs",
    "",
    ...runs.map((run, index) => {
      const own = adapters.filter((row) => row.run === index);
      const runtimes = RUNTIME_IDS.filter((runtime) => own.some((row) => runtimeOfRow(row) === runtime));
      const names = [...new Set(own.map(({ adapter }) => adapter))];
      return `- Until ${describeRun(run)}: ${names.join(", ")} in ${runtimes.map(runtimeTitle).join(", ")}.`;
    }),
    "",
  ];
}

/** `id`, with options that have been chosen. */
function choiceName({ adapter, options }: Pick<StoredAdapter, "adapter" | "options">): string {
  const chosen = Object.entries(options).map(([name, value]) => `${name}=${value}`).join(",");
  return chosen === "" ? adapter : `${adapter}:${chosen}`;
}

/** The same, and the runtime where that is not Deno. */
export function nameOf(row: Pick<StoredAdapter, "adapter" | "options" | "runtime">): string {
  return nameInAll([row]);
}

function nameInAll(rows: readonly Pick<StoredAdapter, "adapter" | "options" | "runtime">[]): string {
  const runtimes = RUNTIME_IDS.filter((runtime) => rows.some((row) => runtimeOfRow(row) === runtime));
  const name = choiceName(rows[0]!);
  return runtimes.every((runtime) => runtime === DEFAULT_RUNTIME)
    ? name
    : `${name} in ${runtimes.map(runtimeTitle).join(", ")}`;
}

function cellOf({ unavailable, results }: StoredAdapter, isAsked: (key: string) => boolean): string {
  if (unavailable !== undefined) return "not here";
  const own = results.filter(({ key }) => isAsked(key));
  const countOf = (...verdicts: readonly string[]) =>
    own.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const gapCount = countOf("known-gap");
  const faultCount = countOf("failed", "closed-gap", "stale-gap");
  if (own.length === countOf("skipped")) return "-";
  const gaps = gapCount === 0 ? "" : ` + ${gapCount} ${gapCount === 1 ? "gap" : "gaps"}`;
  const faults = faultCount === 0 ? "" : `, ${faultCount} ${faultCount === 1 ? "fails" : "fail"}`;
  return `${countOf("passed")}${gaps}${faults}`;
}

/** Reasons by scenario and adapter, those of several runtimes together; nothing when there are none. */
function list(title: string, adapters: readonly StoredAdapter[], ...verdicts: readonly string[]): string[] {
  const found = adapters.flatMap((row) => {
    const byReason = Map.groupBy(
      row.results.filter(({ verdict }) => verdicts.includes(verdict)),
      ({ reason }) => plain(reason.replace(/ \(now: .*\)$/s, "")),
    );
    return [...byReason].map(([reason, results]) => ({
      row,
      text: `${results.map(({ key }) => `\`${key}\``).join(", ")}: ${reason}.`,
    }));
  });
  const alike = Map.groupBy(found, ({ row, text }) => `${choiceName(row)} ${text}`);
  const lines = [...alike.values()].map((own) =>
    `- **${plain(nameInAll(own.map(({ row }) => row)))}** ${own[0]!.text}`
  );
  return lines.length === 0 ? [] : [title, "", ...lines, ""];
}

function skips(adapters: readonly StoredAdapter[]): string[] {
  const unavailable = [
    ...Map.groupBy(
      adapters.filter(({ unavailable }) => unavailable !== undefined),
      (row) => `${row.unavailable} ${choiceName(row)}`,
    ).values(),
  ].map((rows) => `- ${plain(rows[0]!.unavailable!)}: ${plain(nameInAll(rows))}.`);
  const byReason = Map.groupBy(
    adapters.flatMap((adapter) =>
      adapter.results.filter(({ verdict }) => verdict === "skipped").map(({ key, reason }) => ({
        adapter,
        key,
        reason,
      }))
    ),
    ({ reason }) => reason,
  );
  const reasons = [...byReason].map(([reason, results]) => {
    const names = [...new Set(results.map(({ adapter }) => adapter.adapter))];
    const scenarios = new Set(results.map(({ key }) => key)).size;
    return `- ${plain(reason)} (${scenarios} ${scenarios === 1 ? "scenario" : "scenarios"}): ${
      names.join(", ")
    }.`;
  });
  const lines = [...unavailable, ...reasons.sort()];
  return lines.length === 0 ? [] : ["## Not asked, and why", "", ...lines, ""];
}

/** Text of libraries and errors, so that it stays on its line and in its cell. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[|<>*_`\\[\]]/g, (mark) => `\\${mark}`).trim().replace(/\.$/, "");
}

/** Lines of a table, all columns but the first one to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => index === 0 ? "---" : "---:")), ...rows.map(line)];
}
