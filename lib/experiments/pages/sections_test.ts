import { deepStrictEqual, match } from "node:assert/strict";
import { writeSections } from "./sections.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const RUN = "run 2026-11-28T09-14-38-three-questions fan-out@3 burst";

function section(order: string): { readonly lines: readonly string[]; readonly faults: readonly string[] } {
  const page = `<!-- generated: ${order} -->\n<!-- /generated -->\n`;
  const source = { root: ROOT, research: { experiments: [], directions: [], lessons: [], faults: [] } };
  const { text, faults } = writeSections("PAGE.md", page, source);
  return { lines: text.split("\n"), faults: faults.map(({ message }) => message) };
}

function headings(order: string): string[] {
  const { lines } = section(order);
  return lines.find((line) => line.startsWith("|"))!.split("|").slice(1, -1).map((title) => title.trim());
}

Deno.test("writeSections() draws the columns that a run's section names, in their order, and all without any", () => {
  deepStrictEqual(headings(`${RUN} adapter,shown-p99,done`), ["adapter", "shown p99", "done"]);
  deepStrictEqual(headings(RUN).slice(0, 4), ["adapter", "class", "waits", "verdict"]);
});

Deno.test("writeSections() offers what was meant when a run has no such column", () => {
  match(
    section(`${RUN} adapter,shown-p9`).faults[0]!,
    /must have the columns.*shown-p99.*"shown-p9" is none/,
  );
});
