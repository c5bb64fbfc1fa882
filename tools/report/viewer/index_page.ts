/** The list of runs: searched, sorted, shown a hundred at a time. */
import type { IndexView, RunLine } from "../../../lib/report/html/view.ts";
import { formatCount } from "../../../lib/report/format.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { pill } from "./badges.ts";

const PAGE_SIZE = 100;

const ORDERS: readonly (readonly [key: string, text: string, compare: (a: RunLine, b: RunLine) => number])[] =
  [
    ["newest", "newest first", (a, b) => compareText(b.startedAt, a.startedAt)],
    ["oldest", "oldest first", (a, b) => compareText(a.startedAt, b.startedAt)],
    ["label", "label", (a, b) => compareText(a.label, b.label)],
    ["wrong", "most wrong cells first", (a, b) => b.counts.wrong - a.counts.wrong],
    ["blocks", "most blocks first", (a, b) => b.blockCount - a.blockCount],
  ];

/** Fills the page. */
export function drawIndexPage({ runs, strays }: IndexView, main: HTMLElement): void {
  const texts = new Map(runs.map((run) => [run, searchText(run)]));
  const state = { words: [] as readonly string[], order: ORDERS[0]![0], shown: PAGE_SIZE };
  const place = h("div");
  const count = h("p", { class: "caption", role: "status" });
  const more = h("button", { type: "button" }, "Show more");

  const draw = (): void => {
    const compare = ORDERS.find(([key]) => key === state.order)![2];
    const matching = runs.filter((run) => state.words.every((word) => texts.get(run)!.includes(word)))
      .toSorted(compare);
    const shown = matching.slice(0, state.shown);
    count.textContent = `${formatCount(matching.length)} of ${formatCount(runs.length)} runs` +
      (shown.length < matching.length ? `, ${formatCount(shown.length)} shown` : "");
    more.hidden = shown.length === matching.length;
    place.replaceChildren(runsTable(shown));
  };

  const search = h("input", { type: "search", placeholder: "label, workload, adapter, machine, commit" });
  search.addEventListener("input", () => {
    state.words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    state.shown = PAGE_SIZE;
    draw();
  });
  more.addEventListener("click", () => {
    state.shown += PAGE_SIZE;
    draw();
  });
  const order = labelledSelect("Order", ORDERS.map(([key, text]) => [key, text]), state.order, (key) => {
    state.order = key;
    draw();
  });
  draw();
  main.append(
    h("div", { class: "controls" }, h("label", { class: "select" }, h("span", {}, "Search"), search), order),
    count,
    place,
    more,
  );
  if (strays.length > 0) {
    main.append(h(
      "details",
      { class: "all" },
      h("summary", {}, `${strays.length} ${strays.length === 1 ? "thing is" : "things are"} no readable run`),
      h("ul", { class: "notes" }, ...strays.map(({ path, reason }) => h("li", {}, `${path}: ${reason}`))),
    ));
  }
}

function runsTable(runs: readonly RunLine[]): HTMLElement {
  return dataTable(
    "Runs",
    [
      { title: "run" },
      { title: "started (UTC)" },
      { title: "outcome" },
      { title: "workloads" },
      { title: "adapters" },
      { title: "scale" },
      { title: "blocks", isNumber: true },
      { title: "machine" },
      { title: "commit" },
    ],
    runs.map((run): TableField[] => [
      { content: h("a", { href: run.href }, run.label), sort: run.label },
      { content: run.startedAt.slice(0, 19).replace("T", " "), sort: run.startedAt },
      { content: outcome(run), sort: run.counts.wrong },
      { content: run.workloads.join(", "), sort: run.workloads.join(), class: "long" },
      { content: run.adapters.join(", "), sort: run.adapters.join(), class: "long" },
      { content: run.scales.join(", "), sort: run.scales.join() },
      { content: formatCount(run.blockCount), sort: run.blockCount },
      { content: run.machine, sort: run.machine },
      { content: run.commit, sort: run.commit },
    ]),
  );
}

function outcome({ counts, status }: RunLine): HTMLElement {
  const { verified, wrong, failed, skipped } = counts;
  return h(
    "span",
    { class: "pills" },
    verified > 0 && pill(`${verified} verified`, "good"),
    wrong > 0 && pill(`${wrong} wrong`, "bad"),
    failed > 0 && pill(`${failed} failed`, "fair"),
    skipped > 0 && pill(`${skipped} skipped`, "none"),
    status !== "complete" && pill(status, "fair"),
  );
}

function searchText({ id, label, workloads, adapters, scales, machine, commit, status }: RunLine): string {
  return [id, label, ...workloads, ...adapters, ...scales, machine, commit, status].join(" ").toLowerCase();
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
