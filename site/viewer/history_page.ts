/** Each metric over runs and commits, per machine, with changes of level and gaps. */
import { formatCount, formatQuantity, formatRatio, NO_VALUE } from "../../lib/report/format.ts";
import { changePoints, changeWord } from "../pages/change_points.ts";
import type { HistoryLane, HistorySeries, HistoryView } from "../pages/history.ts";
import type { MetricView } from "../pages/view.ts";
import { addressChoices, writeAddress } from "./address.ts";
import { typedCommand } from "./command_line.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { type HistoryLine, historyPlot } from "./history_plot.ts";
import { loadLane } from "./lane_file.ts";
import { swatch } from "./badges.ts";
import { part } from "./page_part.ts";

/** Longer tables are for machines: the chart has all runs. */
const LISTED_RUNS = 200;

const RANGES: readonly (readonly [value: string, text: string])[] = [
  ["all", "all runs"],
  ["1000", "newest 1,000"],
  ["200", "newest 200"],
  ["50", "newest 50"],
];

interface Choice {
  lane: number;
  key: string;
  machine: number;
  range: string;
  /** Names of adapters that are not drawn. */
  readonly hidden: Set<string>;
}

/** Fills the page; resolves when the first chart is there. */
export async function drawHistoryPage(view: HistoryView, main: HTMLElement): Promise<void> {
  if (view.lanes.length === 0) {
    main.append(h("p", {}, `There is no run yet: ${typedCommand("deno task bench")} makes the first one`));
    return;
  }
  const choice: Choice = choiceIn(view);
  const controls = h("div", { class: "controls" });
  const place = h("div");
  main.append(part("history", "One metric over runs", [controls, place]));

  const show = async (): Promise<void> => {
    const lane = await loadLane(view.lanes[choice.lane]!.file);
    const keys = [...new Set(lane.series.map(({ key }) => key))];
    if (!keys.includes(choice.key)) {
      // In the order of the registry, whose first metric is what cells are ranked by.
      const lead = view.metrics.find(({ id, scope }) =>
        scope === "phase" && keys.some((key) => metricIdOf(key) === id)
      );
      choice.key = keys.find((key) => metricIdOf(key) === lead?.id) ?? keys[0] ?? "";
    }
    const machines = [
      ...new Set([
        ...lane.series.filter(({ key }) => key === choice.key).map(({ machine }) => machine),
        ...lane.gaps.map(({ run }) => view.runs[run]!.machine),
      ]),
    ];
    if (!machines.includes(choice.machine)) choice.machine = newestMachine(view, lane, choice.key);
    const write = (): void => {
      writeAddress({
        workload: view.lanes[choice.lane]!.title,
        metric: choice.key,
        machine: view.machines[choice.machine] ?? "",
        range: choice.range === "all" ? "" : choice.range,
        hide: [...choice.hidden].join("~"),
      });
    };
    const change = <K extends keyof Choice>(name: K, value: Choice[K]): void => {
      choice[name] = value;
      void show().then(write);
    };
    controls.replaceChildren(
      labelledSelect(
        "Workload",
        view.lanes.map(({ title }, index) => [String(index), title]),
        String(choice.lane),
        (value) => change("lane", Number(value)),
      ),
      labelledSelect(
        "Metric",
        keys.map((key) => [key, titleOf(key, view.metrics)]),
        choice.key,
        (value) => change("key", value),
      ),
      labelledSelect(
        "Machine",
        machines.map((machine) => [String(machine), view.machines[machine]!]),
        String(choice.machine),
        (value) => change("machine", Number(value)),
      ),
      labelledSelect("Range", RANGES, choice.range, (value) => change("range", value)),
    );
    place.replaceChildren(...chosenPart(view, lane, choice, write));
  };
  await show();
  addEventListener("hashchange", () => {
    Object.assign(choice, choiceIn(view));
    void show();
  });
}

/** The machine whose run of a series is the newest. */
function newestMachine({ runs }: HistoryView, { series }: HistoryLane, key: string): number {
  const newest = series.filter((one) => one.key === key).map((one) => one.runs.at(-1)!);
  return newest.length === 0 ? 0 : runs[Math.max(...newest)]!.machine;
}

/** What the address says; the first lane, its newest machine and the leading metric where it says nothing that is here. */
function choiceIn({ lanes, machines }: HistoryView): Choice {
  const address = addressChoices();
  return {
    lane: Math.max(0, lanes.findIndex(({ title }) => title === address.get("workload"))),
    key: address.get("metric") ?? "",
    machine: machines.indexOf(address.get("machine") ?? ""),
    range: RANGES.find(([value]) => value === address.get("range"))?.[0] ?? "all",
    hidden: new Set((address.get("hide") ?? "").split("~").filter((name) => name !== "")),
  };
}

function chosenPart(
  view: HistoryView,
  lane: HistoryLane,
  { key, machine, range, hidden }: Choice,
  write: () => void,
): Node[] {
  const metric = view.metrics.find(({ id }) => id === metricIdOf(key));
  if (metric === undefined) return [h("p", {}, "No run has a value here")];
  const names = [...new Set([...lane.series.map(({ name }) => name), ...lane.gaps.map(({ name }) => name)])];
  const chosen = lane.series.filter((series) => series.key === key && series.machine === machine);
  const gaps = lane.gaps.filter(({ run }) => view.runs[run]!.machine === machine);
  const all = [...new Set([...chosen.flatMap(({ runs }) => runs), ...gaps.map(({ run }) => run)])].sort((
    a,
    b,
  ) => a - b);
  const runs = range === "all" ? all : all.slice(-Number(range));
  const lines = chosen.map((series): HistoryLine => ({
    name: series.name,
    color: names.indexOf(series.name),
    series,
    changes: changePoints(series.values),
    gapRuns: gaps.filter(({ name }) => name === series.name).map(({ run }) => run),
  }));
  const title = titleOf(key, view.metrics);
  const place = h("div");
  const draw = (): void => {
    const shown = lines.filter(({ name }) => !hidden.has(name));
    place.replaceChildren(
      historyPlot({ title, metric, runs, lines: shown, view }),
      h(
        "p",
        { class: "caption" },
        `${metric.meaning}. One step per run, oldest on the left; the band is the interval. ▼ and ▲ mark changes of level, × a run ` +
          "without a value. Drag to zoom, double-click to see all.",
      ),
      changesPart(view, shown, metric),
      gapsPart(view, gaps.filter(({ name }) => !hidden.has(name)), names),
      runsTable(view, runs, shown, gaps, title, metric),
    );
  };
  return [
    legend(lines, hidden, (isChosen) => {
      draw();
      if (isChosen) write();
    }),
    place,
  ];
}

/** Names that can be pressed, to draw some lines only. Draws at once, and again whenever one was pressed, which it tells. */
function legend(
  lines: readonly HistoryLine[],
  hidden: Set<string>,
  draw: (isChosen: boolean) => void,
): HTMLElement {
  const names = lines.map(({ name, color }) => {
    const button = h("button", { type: "button", class: "toggle" }, swatch(name, color));
    button.addEventListener("click", () => {
      if (!hidden.delete(name)) hidden.add(name);
      follow(true);
    });
    return { name, button };
  });
  const follow = (isChosen: boolean): void => {
    for (const { name, button } of names) button.setAttribute("aria-pressed", String(!hidden.has(name)));
    draw(isChosen);
  };
  const allOrNone = (text: string, change: (name: string) => void): HTMLElement => {
    const button = h("button", { type: "button" }, text);
    button.addEventListener("click", () => {
      for (const { name } of lines) change(name);
      follow(true);
    });
    return h("li", {}, button);
  };
  follow(false);
  return h(
    "ul",
    { class: "verdicts", "aria-label": "Adapters that are drawn" },
    ...names.map(({ button }) => h("li", {}, button)),
    lines.length > 2 && allOrNone("all", (name) => hidden.delete(name)),
    lines.length > 2 && allOrNone("none", (name) => hidden.add(name)),
  );
}

function changesPart(view: HistoryView, lines: readonly HistoryLine[], metric: MetricView): HTMLElement {
  const changes = lines.flatMap(({ name, color, series, changes }) =>
    changes.map(({ at, ratio, lower, upper }) => {
      const run = view.runs[series.runs[at]!]!;
      const word = changeWord(metric.direction, ratio);
      return h(
        "li",
        {},
        swatch(name, color),
        ` ${word}: ${formatRatio(ratio)} (${formatRatio(lower)} to ${formatRatio(upper)}) since `,
        runLink(run),
        ` of ${run.startedAt.slice(0, 10)}${run.commit === "" ? "" : `, commit ${run.commit}`}`,
      );
    })
  );
  return h(
    "div",
    { class: "changes" },
    h("h3", {}, "Changes of level"),
    changes.length === 0
      ? h("p", { class: "caption" }, "None found; a change needs five runs on either side and 5 %")
      : h("ul", { class: "notes" }, ...changes),
  );
}

function gapsPart(view: HistoryView, gaps: HistoryLane["gaps"], names: readonly string[]): HTMLElement {
  const alike = Map.groupBy(gaps, ({ name, reason }) => JSON.stringify([name, reason]));
  const items = [...alike.values()].map((group) => {
    const { name, reason, run } = group.at(-1)!;
    return h(
      "li",
      {},
      swatch(name, names.indexOf(name)),
      ` ${reason}, in ${formatCount(group.length)} ${group.length === 1 ? "run" : "runs"}, last in `,
      runLink(view.runs[run]!),
    );
  });
  return h(
    "div",
    { class: "gaps" },
    h("h3", {}, "Gaps"),
    items.length === 0
      ? h("p", { class: "caption" }, "Every run of this machine has a value for every database in its plan")
      : h("ul", { class: "notes" }, ...items),
  );
}

function runsTable(
  view: HistoryView,
  runs: readonly number[],
  lines: readonly HistoryLine[],
  gaps: HistoryLane["gaps"],
  title: string,
  { unit }: MetricView,
): HTMLElement {
  const listed = runs.slice(-LISTED_RUNS).toReversed();
  const reasons = new Map(gaps.map(({ name, run, reason }) => [`${run} ${name}`, reason]));
  const positions = lines.map(({ series }) => new Map(series.runs.map((run, position) => [run, position])));
  return h(
    "details",
    { class: "numbers" },
    h("summary", {}, runs.length > LISTED_RUNS ? `Numbers of the newest ${LISTED_RUNS} runs` : "Numbers"),
    dataTable(
      `${title} by run`,
      [
        { title: "run" },
        { title: "started" },
        { title: "commit" },
        ...lines.map(({ name }) => ({ title: name, isNumber: true })),
      ],
      listed.map((run): TableField[] => [
        { content: runLink(view.runs[run]!), sort: view.runs[run]!.label },
        {
          content: view.runs[run]!.startedAt.slice(0, 16).replace("T", " "),
          sort: view.runs[run]!.startedAt,
        },
        { content: view.runs[run]!.commit, sort: view.runs[run]!.commit },
        ...lines.map(({ name, series }, index): TableField => {
          const position = positions[index]!.get(run);
          if (position === undefined) {
            return { content: reasons.get(`${run} ${name}`) ?? NO_VALUE, class: "muted" };
          }
          const value = series.values[position]!;
          const [lower, upper] = [series.lower?.[position], series.upper?.[position]];
          const span = lower === undefined || upper === undefined
            ? ""
            : ` (${formatQuantity(lower, unit)} to ${formatQuantity(upper, unit)})`;
          return { content: h("span", {}, formatQuantity(value, unit), h("small", {}, span)), sort: value };
        }),
      ]),
    ),
  );
}

function runLink({ label, href }: HistoryView["runs"][number]): Node {
  return href === "" ? document.createTextNode(label) : h("a", { href }, label);
}

/** Phase, label and metric in words. */
function titleOf(key: string, metrics: readonly MetricView[]): string {
  const [phase, label, id] = JSON.parse(key) as [string, string, string];
  const title = metrics.find((metric) => metric.id === id)?.title ?? id;
  return [phase, label, title].filter((text) => text !== "").join(" / ");
}

function metricIdOf(key: HistorySeries["key"]): string {
  return (JSON.parse(key) as [string, string, string])[2];
}
