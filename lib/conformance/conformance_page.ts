/** A stored conformance table as a page in markdown: kinds, gaps, and why scenarios were not asked. */
import { runtimeTitle } from "../model/runtime.ts";
import { kindOf, type StoredAdapter, type StoredConformance } from "./stored_conformance.ts";

/** The whole page; the same input gives the same bytes. */
export function conformancePage({ adapters, environment, endedAt }: StoredConformance): string {
  const kinds = [...new Set(adapters.flatMap(({ results }) => results.map(({ key }) => kindOf(key))))];
  const { commit, isDirty, deno, os, cpuModel } = environment;
  const revision = commit === undefined
    ? ""
    : `, commit ${commit.slice(0, 12)}${isDirty ? " with changes" : ""}`;
  return [
    "# Conformance",
    "",
    `Run until ${endedAt.slice(0, 16)} UTC: Deno ${deno}, ${os}, ${cpuModel}${revision}.`,
    "",
    ...table(
      ["adapter", ...kinds],
      adapters.map((adapter) => [nameOf(adapter), ...kinds.map((kind) => cellOf(adapter, kind))]),
    ),
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
  ].join("\n");
}

/** `id`, with options that have been chosen, and the runtime where that is not Deno. */
export function nameOf({ adapter, options, runtime }: Omit<StoredAdapter, "drivers" | "results">): string {
  const chosen = Object.entries(options).map(([name, value]) => `${name}=${value}`).join(",");
  const name = chosen === "" ? adapter : `${adapter}:${chosen}`;
  return runtime === undefined ? name : `${name} in ${runtimeTitle(runtime)}`;
}

function cellOf({ unavailable, results }: StoredAdapter, kind: string): string {
  if (unavailable !== undefined) return "not here";
  const own = results.filter(({ key }) => kindOf(key) === kind);
  const countOf = (...verdicts: readonly string[]) =>
    own.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const gapCount = countOf("known-gap");
  const faultCount = countOf("failed", "closed-gap", "stale-gap");
  if (own.length === countOf("skipped")) return "-";
  const gaps = gapCount === 0 ? "" : ` + ${gapCount} ${gapCount === 1 ? "gap" : "gaps"}`;
  const faults = faultCount === 0 ? "" : `, ${faultCount} ${faultCount === 1 ? "fails" : "fail"}`;
  return `${countOf("passed")}${gaps}${faults}`;
}

/** Reasons by scenario and adapter; nothing when there are none. */
function list(title: string, adapters: readonly StoredAdapter[], ...verdicts: readonly string[]): string[] {
  const lines = adapters.flatMap((adapter) => {
    const byReason = Map.groupBy(
      adapter.results.filter(({ verdict }) => verdicts.includes(verdict)),
      ({ reason }) => plain(reason.replace(/ \(now: .*\)$/s, "")),
    );
    return [...byReason].map(([reason, results]) =>
      `- **${plain(nameOf(adapter))}** ${results.map(({ key }) => `\`${key}\``).join(", ")}: ${reason}.`
    );
  });
  return lines.length === 0 ? [] : [title, "", ...lines, ""];
}

function skips(adapters: readonly StoredAdapter[]): string[] {
  const unavailable = adapters.filter(({ unavailable }) => unavailable !== undefined)
    .map((adapter) => `- ${plain(adapter.unavailable!)}: ${plain(nameOf(adapter))}.`);
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
