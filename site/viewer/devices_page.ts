/** Machines side by side. */
import { formatCount, formatQuantity, NO_VALUE } from "../../lib/report/format.ts";
import type { DevicesView } from "../pages/devices.ts";
import { addressChoices, writeAddress } from "./address.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { part } from "./page_part.ts";

/** No workload is called so. */
const EVERY = "every";

/** Fills the page. */
export function drawDevicesPage({ devices, rows }: DevicesView, main: HTMLElement): void {
  const names = [...new Set(devices.flatMap(({ environment }) => environment.map(([name]) => name)))]
    .filter((name) => name !== "Machine" && name !== "Commit");
  const valueOf = (device: DevicesView["devices"][number], name: string): string =>
    device.environment.find(([own]) => own === name)?.[1] ?? NO_VALUE;
  const lanes = [...new Set(rows.map(({ lane }) => lane))];
  const first = lanes[0] ?? EVERY;
  const place = h("div");
  const show = (chosen: string): void => {
    place.replaceChildren(dataTable(
      "Newest value of every database and workload",
      [
        { title: "database" },
        ...chosen === EVERY ? [{ title: "workload" }] : [],
        { title: "phase" },
        ...devices.map(({ title }) => ({ title, isNumber: true })),
      ],
      rows.filter(({ lane }) => chosen === EVERY || lane === chosen).map((
        { lane, phase, name, spans },
      ): TableField[] => [
        { content: name, sort: name },
        ...chosen === EVERY ? [{ content: lane, sort: lane }] : [],
        { content: phase, sort: phase },
        ...spans.map((span) => spanField(span, spans[0] ?? null)),
      ]),
    ));
  };
  const workload = labelledSelect(
    "Workload",
    [...lanes.map((lane): [string, string] => [lane, lane]), [EVERY, "every workload"]],
    first,
    (chosen) => {
      writeAddress({ workload: chosen === first ? "" : chosen });
      show(chosen);
    },
  );
  const read = (): void => {
    const named = addressChoices().get("workload") ?? "";
    const chosen = named === EVERY || lanes.includes(named) ? named : first;
    workload.querySelector("select")!.value = chosen;
    show(chosen);
  };
  addEventListener("hashchange", read);
  read();
  main.append(
    part("machines", "What they are", [
      dataTable(
        "Machines",
        [{ title: "property" }, ...devices.map(({ title }) => ({ title }))],
        [
          ...names.map((name): TableField[] => [
            { content: name, sort: name },
            ...devices.map((device) => ({
              content: valueOf(device, name),
              sort: valueOf(device, name),
              class: "long",
            })),
          ]),
          [
            { content: "Runs", sort: "Runs" },
            ...devices.map(({ runCount }) => ({ content: formatCount(runCount), sort: runCount })),
          ],
          [
            { content: "Newest run", sort: "Newest run" },
            ...devices.map(({ newest: { label, href, startedAt } }) => ({
              content: h("span", {}, h("a", { href }, label), ` of ${startedAt.slice(0, 10)}`),
              sort: startedAt,
            })),
          ],
        ],
      ),
    ]),
    part("spans", "Done on each machine", [
      lanes.length > 0 &&
      h("div", { class: "controls" }, workload),
      place,
      h(
        "p",
        { class: "caption" },
        "Median of the newest run that has it on that machine, with its interval where it has several repetitions; the factor is against the first machine. " +
          "Runs of different dates may have measured different code.",
      ),
    ]),
  );
}

type Span = DevicesView["rows"][number]["spans"][number];

function spanField(span: Span, first: Span): TableField {
  if (span === null) return { content: NO_VALUE };
  const [median, lower, upper] = span;
  // One repetition has no interval: both ends would repeat the number and look like certainty.
  const notes = [
    ...(lower === upper ? [] : [`${formatQuantity(lower, "ns")} to ${formatQuantity(upper, "ns")}`]),
    ...(first === null || first === span ? [] : [`${(median / first[0]).toFixed(2)}×`]),
  ];
  return {
    content: h(
      "span",
      {},
      formatQuantity(median, "ns"),
      notes.length > 0 && h("small", {}, ` (${notes.join(", ")})`),
    ),
    sort: median,
  };
}
