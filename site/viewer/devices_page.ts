/** Machines side by side. */
import { formatCount, formatQuantity, NO_VALUE } from "../../lib/report/format.ts";
import type { DevicesView } from "../pages/devices.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { part } from "./page_part.ts";

/** No workload is called so. */
const EVERY = "";

/** Fills the page. */
export function drawDevicesPage({ devices, rows }: DevicesView, main: HTMLElement): void {
  const names = [...new Set(devices.flatMap(({ environment }) => environment.map(([name]) => name)))]
    .filter((name) => name !== "Machine" && name !== "Commit");
  const valueOf = (device: DevicesView["devices"][number], name: string): string =>
    device.environment.find(([own]) => own === name)?.[1] ?? NO_VALUE;
  const lanes = [...new Set(rows.map(({ lane }) => lane))];
  const place = h("div");
  const show = (chosen: string): void => {
    place.replaceChildren(dataTable(
      "Newest value of every verified cell",
      [
        { title: "workload" },
        { title: "phase" },
        { title: "adapter" },
        ...devices.map(({ title }) => ({ title, isNumber: true })),
      ],
      rows.filter(({ lane }) => chosen === EVERY || lane === chosen).map((
        { lane, phase, name, spans },
      ): TableField[] => [
        { content: lane, sort: lane },
        { content: phase, sort: phase },
        { content: name, sort: name },
        ...spans.map((span) => spanField(span, spans[0] ?? null)),
      ]),
    ));
  };
  show(lanes[0] ?? EVERY);
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
      h(
        "div",
        { class: "controls" },
        labelledSelect(
          "Workload",
          [...lanes.map((lane): [string, string] => [lane, lane]), [EVERY, "every workload"]],
          lanes[0]!,
          show,
        ),
      ),
      place,
      h(
        "p",
        { class: "caption" },
        "Median of the newest run that has the cell on that machine, with its interval where it has several blocks; the factor is against the first machine. " +
          "Runs of different dates may have measured different code.",
      ),
    ]),
  );
}

type Span = DevicesView["rows"][number]["spans"][number];

function spanField(span: Span, first: Span): TableField {
  if (span === null) return { content: NO_VALUE };
  const [median, lower, upper] = span;
  // One block has no interval: both ends would repeat the number and look like certainty.
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
