/**
 * Generated parts of hand-written pages.
 *
 * A page holds `<!-- generated: name arguments -->` and, below, `<!-- /generated -->`, each on a line of its own. What is
 * between them is written by `deno task signals generate`, and `check` compares it. A new kind of part is one entry in
 * {@link SECTIONS}.
 */
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { messageOf, UsageError } from "../../model/errors.ts";
import { didYouMean } from "../../model/nearest.ts";
import { metricNamed } from "../../metrics/mod.ts";
import { DEFAULT_RUNTIME, type RunRecord, runtimeOf, runtimeTitle } from "../../model/mod.ts";
import { loadRun } from "../../record/mod.ts";
import { ladderTables } from "../../report/ladder_table.ts";
import { rateLadders } from "../../report/rate_ladder.ts";
import { phaseTables, type ReportTable } from "../../report/report_table.ts";
import { factorTable } from "../../report/runtime_factors.ts";
import { markdownText } from "../../report/safe_text.ts";
import { summarizeRun } from "../../report/summarize_run.ts";
import { summarizeSweeps } from "../../report/summarize_sweeps.ts";
import { sweepTable } from "../../report/sweep_table.ts";
import { meaningSentence } from "../../report/wording.ts";
import type { Fault } from "../sources/fault.ts";
import { dispositionOf, pageFile, type Research } from "../sources/load_experiments.ts";
import { proseLines } from "./markdown_files.ts";
import { describeDisposition } from "../rules/wording.ts";

/** What a section is made from. */
export interface SectionSource {
  /** Root of the repository. */
  readonly root: string;
  /** Everything below `experiments/`. */
  readonly research: Research;
}

/**
 * Writes the lines of a section. `up` leads from the page's folder to the root: empty, or `../`. Throws an error with
 * the reason when the arguments name nothing that exists.
 */
export type Section = (source: SectionSource, args: readonly string[], up: string) => string;

/** All kinds of sections, by name. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  /** `experiments`: every experiment with its outcome. */
  experiments({ research }, _args, up) {
    const [cause] = research.faults;
    if (cause !== undefined) throw new UsageError(`every experiment must be readable: ${cause.file} is not`);
    const rows = research.experiments.map((loaded) => [
      `[${loaded.id}](${up}${pageFile(loaded)})`,
      markdownText(loaded.experiment.title),
      describeDisposition(dispositionOf(loaded)),
    ]);
    return markdownTable([["#", "experiment", "outcome"], ...rows]);
  },
  /**
   * `run <run id> <workload@version> <phase> [<columns>] [<parameter=value>...]`: a table of a phase from a stored run, with
   * its source: the first one, or the first that has all columns. Columns are titles separated by commas, `-` for a space; all
   * without them. Parameters are those of the cells, such as `runtime=chromium`. Who was skipped, and why, is in the run's report.
   */
  run({ root }, [id = "", workload = "", phase = "", ...others], up) {
    const record = loadRun(join(root, "results", id));
    const wanted = [workload, ...others.filter((text) => text.includes("="))].join(" ");
    const columns = others.find((text) => !text.includes("="));
    const { sections } = summarizeRun(record);
    const section = sections.find(({ key }) => key === wanted);
    if (section === undefined) {
      const meant = didYouMean(wanted, sections.map(({ key }) => key));
      throw new UsageError(`the run must have the workload${meant}: "${wanted}" is not in it`);
    }
    const cells = section.cells.filter(({ status }) => status !== "skipped");
    const [table, ...below] = phaseTables({ ...section, cells }, phase, record.settings.blockCount);
    if (table === undefined) throw new UsageError(`the workload must have the phase: "${phase}" is none`);
    const shown = columns === undefined ? table : narrowed([table, ...below], columns.split(","));
    return drawn(record, shown, up, runtimeOf(section.cells[0]!.cell));
  },
  /** `sweep <run id> <parameter>`: what each size of a stored sweep costs, and the exponents of done. */
  sweep({ root }, [id = "", parameter = ""], up) {
    const record = loadRun(join(root, "results", id));
    const done = metricNamed("done_ns")!;
    const sweep = summarizeSweeps(summarizeRun(record), [done]).find((one) => one.parameter === parameter);
    if (sweep === undefined) {
      throw new UsageError(`the run must have swept the parameter: "${parameter}" was not`);
    }
    return drawn(record, sweepTable(sweep, [done]), up);
  },
  /**
   * `runtimes <run id> <workload@version>/<scale> <phase> [<adapter>=<other adapter>...]`: what each database takes until
   * it is done elsewhere, as a factor of what it takes in the first runtime, or the other adapter there.
   */
  runtimes({ root }, [id = "", place = "", phase = "", ...pairs], up) {
    const record = loadRun(join(root, "results", id));
    const summary = summarizeRun(record);
    const cells = summary.sections.flatMap((section) => section.cells);
    if (!cells.some(({ phases }) => phases.some(({ name }) => name === phase))) {
      throw new UsageError(`the workload must have the phase: "${phase}" is none`);
    }
    const twins = twinsOf(pairs, cells.map(({ name }) => name));
    const table = factorTable(summary, { place, phase, metric: metricNamed("done_ns")!, twins });
    if (table === undefined) {
      throw new UsageError(`the run must have the workload in several runtimes: "${place}" is not`);
    }
    return drawn(record, table, up);
  },
  /** `ladder <run id> <workload@version>`: the highest rates of a stored ladder. */
  ladder({ root }, [id = "", workload = ""], up) {
    const record = loadRun(join(root, "results", id));
    const ladder = rateLadders(record, summarizeRun(record)).find(({ key }) => key === workload);
    if (ladder === undefined) {
      throw new UsageError(`the run must have asked the workload at rates: "${workload}" was not`);
    }
    return drawn(record, ladderTables(ladder)[0]!, up);
  },
  /** `conformance`: what every adapter keeps, without the title of the stored page. */
  conformance: wholePage("results/conformance.md"),
  /** `fuzz`: how long random histories were played, and what they have found, without the title of the stored page. */
  fuzz: wholePage("results/fuzz/README.md"),
  /** `self-bench`: the table of what measuring itself costs. */
  "self-bench": tablesOf("results/bench-self.md"),
  /** `engine-targets`: what the engine is meant to reach, without the title of the stored page. */
  "engine-targets": wholePage("results/engine-targets.md"),
  /** `generator-late`: how late the bench calls operations that are due. */
  "generator-late": tablesOf("results/generator-late.md"),
  /** `second-tab`: what one tab of a browser sees of what another one writes. */
  "second-tab": tablesOf("results/second-tab.md"),
};

/** Reads `<adapter>=<other adapter>`; options of either have a `=` of their own. */
function twinsOf(pairs: readonly string[], names: readonly string[]): Map<string, string> {
  return new Map(pairs.map((pair) => {
    for (let at = pair.indexOf("="); at >= 0; at = pair.indexOf("=", at + 1)) {
      const sides = [pair.slice(0, at), pair.slice(at + 1)] as const;
      if (sides.every((side) => names.includes(side))) return sides;
    }
    throw new UsageError(`pairs must be two databases of the run with = between them: "${pair}" is none`);
  }));
}

/** The first table that has columns of all these titles, with just those and in their order. */
function narrowed(tables: readonly [ReportTable, ...ReportTable[]], titles: readonly string[]): ReportTable {
  const titlesOf = ({ columns }: ReportTable): string[] =>
    columns.map(({ title }) => title.replaceAll(" ", "-"));
  const table = tables.find((one) => titles.every((title) => titlesOf(one).includes(title))) ?? tables[0];
  const known = titlesOf(table);
  const indexes = titles.map((title) => {
    const index = known.indexOf(title);
    if (index >= 0) return index;
    const all = tables.flatMap(titlesOf);
    throw new UsageError(
      `a table must have the columns${didYouMean(title, all)}: "${title}" is in none with the others`,
    );
  });
  return {
    ...table,
    columns: indexes.map((index) => table.columns[index]!),
    rows: table.rows.map((row) => indexes.map((index) => row[index]!)),
  };
}

/** A table of a stored run, with its source below. */
function drawn(record: RunRecord, table: ReportTable, up: string, runtime = DEFAULT_RUNTIME): string {
  const lines = [
    table.columns.map(({ title }) => markdownText(title)),
    ...table.rows.map((row) =>
      row.map(({ text, isBest }) => isBest ? `**${markdownText(text)}**` : markdownText(text))
    ),
  ];
  const { id, environment: { cpuModel, coreCount, runtimes } } = record;
  const where = runtime === DEFAULT_RUNTIME
    ? ""
    : `, in ${markdownText(`${runtimeTitle(runtime)} ${runtimes?.[runtime] ?? ""}`.trimEnd())}`;
  const before = meaningSentence(record);
  return [
    markdownTable(lines, { align: table.columns.map(({ align }) => align) }),
    "",
    `[${markdownText(id)}](${up}results/${id}/report.md), ${
      markdownText(cpuModel)
    }, ${coreCount} cores${where}.` +
    (before === undefined ? "" : ` ${before}`),
  ].join("\n");
}

/** A stored page without its title, and a link to it. */
function wholePage(path: string): Section {
  return ({ root }, _args, up) => {
    const [, ...body] = Deno.readTextFileSync(join(root, path)).trimEnd().split("\n");
    return [...body, "", `[${path}](${up}${path})`].join("\n").trimStart();
  };
}

/** The tables of a stored page, and a link to it. */
function tablesOf(path: string): Section {
  return ({ root }, _args, up) => {
    const table = Deno.readTextFileSync(join(root, path)).split("\n").filter((line) => line.startsWith("|"));
    return [...table, "", `[${path}](${up}${path})`].join("\n");
  };
}

const OPENING = /^<!--\s*generated:\s*(.*?)\s*-->\s*$/;
const CLOSING = /^<!--\s*\/generated\s*-->\s*$/;

/** A page with its sections written anew, and what kept one from being written. */
export interface SectionedPage {
  /** The whole text. */
  readonly text: string;
  /** Unknown names, missing ends, and sources that are not there. */
  readonly faults: readonly Fault[];
}

/** Writes every section of a page. Sections inside code blocks are examples and stay as they are. */
export function writeSections(file: string, text: string, source: SectionSource): SectionedPage {
  const faults: Fault[] = [];
  const lines = text.split("\n");
  const prose = proseLines(text);
  const written: string[] = [];
  const up = "../".repeat(file.split("/").length - 1);
  for (let index = 0; index < lines.length; index++) {
    written.push(lines[index]!);
    const order = OPENING.exec(prose[index]!)?.[1];
    if (order === undefined) continue;
    const add = (rule: string, message: string): void => {
      faults.push({ rule, file, line: index + 1, message });
    };
    const end = prose.findIndex((line, at) => at > index && (CLOSING.test(line) || OPENING.test(line)));
    if (end === -1 || !CLOSING.test(prose[end]!)) {
      add("section-open", "a generated section must end in <!-- /generated -->: it does not");
      continue;
    }
    const [name = "", ...args] = order.split(/\s+/);
    const section = Object.hasOwn(SECTIONS, name) ? SECTIONS[name] : undefined;
    if (section === undefined) {
      const names = Object.keys(SECTIONS);
      add("section-unknown", `sections are ${names.join(", ")}${didYouMean(name, names)}: "${name}" is none`);
      continue;
    }
    try {
      // What is generated is compared byte for byte: the formatter must leave it as it is.
      written.push(
        "<!-- deno-fmt-ignore-start -->",
        "",
        section(source, args, up),
        "",
        "<!-- deno-fmt-ignore-end -->",
      );
    } catch (error) {
      add("section-source", `a section must have its source: ${messageOf(error)}`);
      continue;
    }
    index = end - 1;
  }
  return { text: written.join("\n"), faults };
}
