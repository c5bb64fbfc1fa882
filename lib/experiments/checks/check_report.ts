/** What checks found, for people, for GitHub and for programs. Texts from files are made safe on the way. */
import { markdownTable } from "markdown-table";
import { markdownText, safeText } from "../../report/safe_text.ts";
import type { CheckResult } from "./mod.ts";
import type { Fault } from "../sources/fault.ts";

/** One line per check, and below it one per fault. */
export function checkText(results: readonly CheckResult[]): string {
  const lines = results.flatMap(({ check, faults, notes = [] }) => [
    `${faults.length === 0 ? "ok    " : "FAULT "} ${check.id.padEnd(16)} ${check.title}`,
    ...faults.map((fault) => `         ${describeFault(fault)}`),
    ...notes.map((note) => `         ${safeText(note, 2000)}`),
  ]);
  return [...lines, checkSentence(results)].join("\n");
}

/** `results/x/blocks.jsonl:7 record: it must be JSON`. */
export function describeFault({ file, line, path, rule, message }: Fault): string {
  const place = `${file}${line === undefined ? "" : `:${line}`}`;
  return safeText(`${place} ${rule}${path === undefined ? "" : ` at ${path}`}: ${message}`, 2000);
}

/** One sentence over all checks. */
export function checkSentence(results: readonly CheckResult[]): string {
  const faultCount = results.reduce((sum, { faults }) => sum + faults.length, 0);
  if (faultCount === 0) {
    return results.length === 1 ? "The check holds." : `All ${results.length} checks hold.`;
  }
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  return `${faultCount} fault${faultCount === 1 ? "" : "s"} in ${failed} of ${results.length} checks.`;
}

/** Workflow commands that make GitHub show each fault beside its line. */
export function githubAnnotations(results: readonly CheckResult[]): string {
  return results.flatMap(({ check, faults }) =>
    faults.map((fault) => {
      const { file, line, path, rule, message } = fault;
      const properties = [
        `file=${commandProperty(file)}`,
        ...(line === undefined ? [] : [`line=${line}`]),
        `title=${commandProperty(`${check.id}: ${rule}`)}`,
      ].join(",");
      return `::error ${properties}::${commandText(path === undefined ? message : `${path}: ${message}`)}`;
    })
  ).join("\n");
}

/** A page for the summary of a job. */
export function githubSummary(results: readonly CheckResult[]): string {
  const rows = results.map(({ check, faults }) => [
    faults.length === 0 ? "ok" : `**${faults.length}**`,
    check.id,
    markdownText(check.title),
  ]);
  const all = results.flatMap(({ faults }) => faults);
  return [
    "## Check of results and experiments",
    checkSentence(results),
    markdownTable([["faults", "check", "what must hold"], ...rows]),
    ...(all.length === 0
      ? []
      : [all.map((fault) => `- ${markdownText(describeFault(fault), 2000)}`).join("\n")]),
  ].join("\n\n") + "\n";
}

/** For programs; ends without a line feed. */
export function checkJson(results: readonly CheckResult[]): string {
  return JSON.stringify(
    {
      ok: results.every(({ faults }) => faults.length === 0),
      checks: results.map(({ check, faults }) => ({ ...check, faults })),
    },
    null,
    2,
  );
}

function commandText(text: string): string {
  return safeText(text, 2000).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function commandProperty(text: string): string {
  return commandText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
