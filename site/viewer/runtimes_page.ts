/** Runtimes side by side: what a database takes in each, from the newest run that has it there. */
import { classWord } from "../../lib/report/wording.ts";
import { formatQuantity, NO_VALUE } from "../../lib/report/format.ts";
import type { RuntimePlace, RuntimesRow, RuntimesView } from "../pages/runtimes.ts";
import { addressChoices, writeAddress } from "./address.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { part } from "./page_part.ts";

type Metric = RuntimesView["metrics"][number];

/** Fills the page. */
export function drawRuntimesPage({ runtimes, metrics, runs, rows }: RuntimesView, main: HTMLElement): void {
  if (rows.length === 0 || metrics.length === 0) {
    main.append(h(
      "section",
      {},
      h("p", {}, "No database has stored runs of one workload in several runtimes of one machine."),
    ));
    return;
  }
  const lanes = [...new Set(rows.map(({ lane }) => lane))];
  const hasMachines = new Set(rows.map(({ machine }) => machine)).size > 1;
  let chosen = { lane: lanes[0]!, metric: metrics[0]! };
  const place = h("div");
  const draw = (): void => {
    place.replaceChildren(dataTable(
      `${chosen.metric.title} in each runtime, ${chosen.lane}`,
      [
        { title: "database" },
        { title: "phase" },
        ...hasMachines ? [{ title: "machine" }] : [],
        ...runtimes.map((title) => ({ title, isNumber: true })),
      ],
      rows.filter(({ lane }) => lane === chosen.lane).map((row): TableField[] => [
        { content: row.name, sort: row.name },
        { content: row.phase, sort: row.phase },
        ...hasMachines ? [{ content: row.machine, sort: row.machine }] : [],
        ...row.places.map((one) => placeField(one, row, chosen.metric)),
      ]),
    ));
  };
  const workload = labelledSelect("Workload", lanes.map((lane) => [lane, lane]), chosen.lane, (lane) =>
    change({ lane }));
  const metric = labelledSelect(
    "Number",
    metrics.map(({ id, title }) => [id, title]),
    chosen.metric.id,
    (id) => change({ metric: metrics.find((one) => one.id === id)! }),
  );
  const change = (next: Partial<typeof chosen>): void => {
    chosen = { ...chosen, ...next };
    writeAddress({
      workload: chosen.lane === lanes[0] ? "" : chosen.lane,
      number: chosen.metric === metrics[0] ? "" : chosen.metric.id,
    });
    draw();
  };
  const read = (): void => {
    const named = addressChoices();
    chosen = {
      lane: lanes.find((lane) => lane === named.get("workload")) ?? lanes[0]!,
      metric: metrics.find(({ id }) => id === named.get("number")) ?? metrics[0]!,
    };
    workload.querySelector("select")!.value = chosen.lane;
    metric.querySelector("select")!.value = chosen.metric.id;
    draw();
  };
  addEventListener("hashchange", read);
  read();
  main.append(
    part("databases", "What changes with the runtime", [
      h("div", { class: "controls" }, workload, metric),
      place,
      h(
        "p",
        { class: "caption" },
        "Median with its interval where there are several repetitions, against the first runtime of the row, and what the " +
          "database keeps there. Each is of the newest bench on that machine that has it, so that runs of different dates may " +
          "have measured different code. Nothing is ranked: an order in one runtime does not hold in another.",
      ),
    ]),
    part("runs", "Runs that this is from", [
      h(
        "ul",
        {},
        ...runs.map(({ label, href, startedAt }) =>
          h("li", {}, h("a", { href }, label), ` of ${startedAt.slice(0, 10)}`)
        ),
      ),
    ]),
  );
}

function placeField(place: RuntimePlace | null, { places }: RuntimesRow, { id, unit }: Metric): TableField {
  if (place === null) return { content: NO_VALUE };
  const kept = h("small", {}, ` ${classWord(place.cellClass)}`);
  const point = place.values[id];
  if (point === undefined) return { content: h("span", {}, place.gap ?? NO_VALUE, kept) };
  const [median, lower, upper] = point;
  const first = places.find((one) => one !== null);
  const base = first === place ? undefined : first?.values[id]?.[0];
  // One repetition has no interval: both ends would repeat the number and look like certainty.
  const notes = [
    ...(lower === upper ? [] : [`${formatQuantity(lower, unit)} to ${formatQuantity(upper, unit)}`]),
    ...(base === undefined || base === 0 ? [] : [`${(median / base).toPrecision(2)}×`]),
  ];
  return {
    content: h(
      "span",
      {},
      formatQuantity(median, unit),
      notes.length > 0 && h("small", {}, ` (${notes.join(", ")})`),
      kept,
    ),
    sort: median,
  };
}
