/** The list of runs: by kind, searched, sorted, shown a hundred at a time; what is chosen stands in the address. */
import type { IndexView, RunLine } from "../pages/view.ts";
import { RUN_KINDS, type RunKind } from "../../lib/report/run_kind.ts";
import { formatCount } from "../../lib/report/format.ts";
import { addressChoices, writeAddress } from "./address.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { pill } from "./badges.ts";

const PAGE_SIZE = 100;

/** Names that a field shows before it counts the others. */
const MOST_NAMES = 4;

const KIND_TEXTS: Readonly<Record<RunKind, string>> = {
  bench: "Benches",
  comparison: "Two revisions",
  experiment: "Experiments",
  calibration: "Calibrations",
};

/** What most people look for. */
const SHOWN_KINDS: readonly RunKind[] = ["bench", "comparison"];

const ORDERS: readonly (readonly [key: string, text: string, compare: (a: RunLine, b: RunLine) => number])[] =
  [
    ["newest", "newest first", (a, b) => compareText(b.startedAt, a.startedAt)],
    ["oldest", "oldest first", (a, b) => compareText(a.startedAt, b.startedAt)],
    ["label", "label", (a, b) => compareText(a.label, b.label)],
    ["wrong", "most wrong answers first", (a, b) => b.counts.wrong - a.counts.wrong],
    ["blocks", "most repetitions first", (a, b) => b.blockCount - a.blockCount],
  ];

/** Fills the page. */
export function drawIndexPage({ runs, strays }: IndexView, main: HTMLElement): void {
  const texts = new Map(runs.map((run) => [run, searchText(run)]));
  const state = { search: "", order: ORDERS[0]![0], kinds: SHOWN_KINDS, shown: PAGE_SIZE };
  const place = h("div");
  const count = h("p", { class: "caption", role: "status" });
  const more = h("button", { type: "button" }, "Show more");
  const search = h("input", { type: "search", placeholder: "label, workload, database, machine, commit" });

  const draw = (): void => {
    const compare = ORDERS.find(([key]) => key === state.order)![2];
    const words = state.search.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const matching = runs.filter((run) =>
      state.kinds.includes(run.kind) && words.every((word) => texts.get(run)!.includes(word))
    ).toSorted(compare);
    const shown = matching.slice(0, state.shown);
    count.textContent = `${formatCount(matching.length)} of ${formatCount(runs.length)} runs` +
      (shown.length < matching.length ? `, ${formatCount(shown.length)} shown` : "");
    more.hidden = shown.length === matching.length;
    place.replaceChildren(runsTable(shown));
  };
  const change = (next: Partial<typeof state>): void => {
    Object.assign(state, { shown: PAGE_SIZE }, next);
    writeAddress({
      search: state.search,
      order: state.order === ORDERS[0]![0] ? "" : state.order,
      kinds: state.kinds.join() === SHOWN_KINDS.join() ? "" : state.kinds.join("~") || "none",
    });
    draw();
  };

  const kinds = RUN_KINDS.flatMap((kind) => {
    const own = runs.filter((run) => run.kind === kind).length;
    if (own === 0) return [];
    const button = h(
      "button",
      { type: "button", class: "choice-chip" },
      `${KIND_TEXTS[kind]} ${formatCount(own)}`,
    );
    button.addEventListener("click", () => {
      change({ kinds: RUN_KINDS.filter((one) => state.kinds.includes(one) !== (one === kind)) });
      show();
    });
    return [{ kind, button }];
  });
  search.addEventListener("input", () => change({ search: search.value }));
  more.addEventListener("click", () => change({ shown: state.shown + PAGE_SIZE }));
  const order = labelledSelect(
    "Order",
    ORDERS.map(([key, text]) => [key, text]),
    state.order,
    (key) => change({ order: key }),
  );
  const show = (): void => {
    search.value = state.search;
    order.querySelector("select")!.value = state.order;
    for (const { kind, button } of kinds) {
      button.setAttribute("aria-pressed", String(state.kinds.includes(kind)));
    }
  };
  const read = (): void => {
    const chosen = addressChoices();
    const wanted = chosen.get("kinds")?.split("~");
    Object.assign(state, {
      search: chosen.get("search") ?? "",
      order: ORDERS.find(([key]) => key === chosen.get("order"))?.[0] ?? ORDERS[0]![0],
      kinds: wanted === undefined ? SHOWN_KINDS : RUN_KINDS.filter((kind) => wanted.includes(kind)),
      shown: PAGE_SIZE,
    });
    show();
    draw();
  };
  addEventListener("hashchange", read);
  read();
  main.append(
    h(
      "div",
      { class: "controls" },
      h("label", { class: "select" }, h("span", {}, "Search"), search),
      order,
      kinds.length < 2 ? undefined : h(
        "div",
        { class: "choice-chips", role: "group", "aria-label": "Kinds of runs" },
        ...kinds.map(({ button }) => button),
      ),
    ),
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
      { title: "outcome" },
      { title: "started (UTC)" },
      { title: "workloads" },
      { title: "databases" },
      { title: "scale" },
      { title: "repetitions", isNumber: true },
      { title: "machine" },
      { title: "commit" },
    ],
    runs.map((run): TableField[] => [
      { content: h("a", { href: run.href }, run.label), sort: run.label },
      { content: outcome(run), sort: run.counts.wrong },
      { content: run.startedAt.slice(0, 16).replace("T", " "), sort: run.startedAt },
      { content: named(run.workloads), sort: run.workloads.join(), class: "long" },
      { content: named(run.adapters), sort: run.adapters.length, class: "long" },
      { content: run.scales.join(", "), sort: run.scales.join() },
      { content: formatCount(run.blockCount), sort: run.blockCount },
      { content: run.machine, sort: run.machine },
      { content: run.commit, sort: run.commit },
    ]),
  );
}

/** The first names and how many more there are; all of them on hover. */
function named(names: readonly string[]): HTMLElement {
  const more = names.length - MOST_NAMES;
  if (more <= 1) return h("span", {}, names.join(", "));
  return h(
    "span",
    { title: names.join(", ") },
    names.slice(0, MOST_NAMES).join(", "),
    h("small", {}, ` and ${formatCount(more)} more`),
  );
}

/** What is as it should be is said quietly. */
function outcome({ counts, status }: RunLine): HTMLElement {
  const { verified, wrong, failed, skipped } = counts;
  return h(
    "span",
    { class: "pills outcome" },
    verified > 0 && h("span", { class: "quiet" }, `${formatCount(verified)} correct`),
    wrong > 0 && pill(`${formatCount(wrong)} wrong`, "bad"),
    failed > 0 && pill(`${formatCount(failed)} failed`, "fair"),
    skipped > 0 && pill(`${formatCount(skipped)} skipped`, "none"),
    status !== "complete" && pill(status, "fair"),
  );
}

function searchText({ id, label, workloads, adapters, scales, machine, commit, status }: RunLine): string {
  return [id, label, ...workloads, ...adapters, ...scales, machine, commit, status].join(" ").toLowerCase();
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
