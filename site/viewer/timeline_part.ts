/** Timelines of a section: a button per cell, and below it the pictures that were asked for. */
import { formatCount } from "../../lib/report/format.ts";
import { type PhaseMarks, phaseMarks, type StreamMarks } from "../pages/timeline_marks.ts";
import {
  percent,
  type PhaseNumbers,
  phaseNumbers,
  type StreamNumbers,
  timelineSentences,
  timeText,
} from "../pages/timeline_numbers.ts";
import type { CellView, RunTimelines, RunView, SectionView, TimelineLink } from "../pages/view.ts";
import type { PhaseTimeline } from "../../lib/model/timeline.ts";
import { addressPlace } from "./address.ts";
import { swatch } from "./badges.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { COLOR_COUNT } from "./marks.ts";
import type { RunChoices } from "./run/run_choices.ts";
import { MOST_TALL_LANES, timelineChart } from "./timeline_chart.ts";
import { loadTimeline } from "./timeline_file.ts";
import { changeText, emissionText, momentText } from "./timeline_texts.ts";

/** More live queries than this can be ordered and searched. */
const FEWEST_TO_SEARCH = 9;
/** Longer tables are for machines. */
const LISTED_MARKS = 500;

/** The part of a section; nothing when none of its cells left a timeline. */
export function timelinePart(
  { timelines, sections }: RunView,
  section: SectionView,
  choices: RunChoices,
): HTMLElement[] {
  if (timelines === undefined) return [];
  const own = timelines.links.filter((link) => sections[link.section] === section);
  if (own.length === 0) return [];
  const places = h("div", { class: "timelines" });
  const byCell = Map.groupBy(own, ({ cell }) => cell);
  const buttons = [...byCell].map(([index, links]) => {
    const cell = section.cells[index]!;
    const place = h("div");
    places.append(place);
    return timelineButton(
      cell,
      `timeline-${links[0]!.section}-${index}`,
      place,
      (id) => timelineFigure(timelines, cell, links, { choices, id }),
      choices,
    );
  });
  return [
    h(
      "div",
      { class: "timeline-bar", role: "group", "aria-label": "Timelines" },
      h("b", {}, "Timeline of one repetition"),
      ...buttons,
    ),
    places,
  ];
}

/** Opens and closes the picture of a cell. The address with its id opens it, too. */
function timelineButton(
  { name, adapter }: CellView,
  id: string,
  place: HTMLElement,
  draw: (id: string) => HTMLElement,
  choices: RunChoices,
): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "open-timeline", id, "aria-expanded": "false" },
    swatch(name, adapter),
  );
  const show = (): void => {
    const isOpen = choices.of("timelines").includes(id);
    if (isOpen === (button.getAttribute("aria-expanded") === "true")) return;
    button.setAttribute("aria-expanded", String(isOpen));
    place.replaceChildren(...(isOpen ? [draw(id)] : []));
  };
  button.addEventListener(
    "click",
    () => choices.toggle("timelines", id, button.getAttribute("aria-expanded") !== "true"),
  );
  choices.listen("timelines", show);
  if (addressPlace() === id) choices.toggle("timelines", id, true);
  show();
  return button;
}

/** Where what is chosen in one timeline stands in the address. */
interface TimelineChoices {
  readonly choices: RunChoices;
  readonly id: string;
}

function timelineFigure(
  timelines: RunTimelines,
  cell: CellView,
  links: readonly TimelineLink[],
  own: TimelineChoices,
): HTMLElement {
  const { choices, id } = own;
  const controls = h("div", { class: "controls" });
  const place = h("div", { "aria-busy": "true" }, h("p", { class: "caption" }, "Loading"));
  let phaseName = choices.figure(`${id}-phase`);
  const linkAt = (position: string | undefined): TimelineLink | undefined =>
    links.find((link) => String(link.position) === position);
  let chosen = linkAt(choices.figure(`${id}-repetition`)) ?? links[0]!;
  const show = async (): Promise<void> => {
    const link = chosen;
    try {
      const phases = await loadTimeline(timelines, link.position);
      // Another block may have been chosen in the meantime.
      if (link !== chosen) return;
      const phase = phases.find((one) => one.phase === phaseName) ??
        phases.find(({ streams }) => streams.length > 0) ?? phases[0];
      phaseName = phase?.phase;
      controls.replaceChildren(...chooserOf(phases, phase));
      place.replaceChildren(
        ...(phase === undefined
          ? [h("p", {}, "The repetition ended before a phase did")]
          : phasePicture(phase, cell, own)),
      );
    } catch (error) {
      place.replaceChildren(h("p", { class: "trouble bad", role: "alert" }, String(error)));
    }
    place.removeAttribute("aria-busy");
  };
  const chooserOf = (phases: readonly PhaseTimeline[], phase: PhaseTimeline | undefined): HTMLElement[] => [
    ...(phases.length < 2 || phase === undefined ? [] : [
      labelledSelect("Phase", phases.map((one) => [one.phase, one.phase]), phase.phase, (name) => {
        phaseName = name;
        choices.setFigure(`${id}-phase`, name);
        void show();
      }),
    ]),
    ...(links.length < 2 ? [] : [
      labelledSelect(
        "Repetition",
        links.map(({ position, block }) => [String(position), `repetition ${block}`]),
        String(chosen.position),
        (position) => {
          chosen = linkAt(position)!;
          choices.setFigure(`${id}-repetition`, chosen === links[0] ? "" : position);
          void show();
        },
      ),
    ]),
  ];
  void show();
  return h(
    "figure",
    { class: "timeline" },
    h(
      "figcaption",
      {},
      h("span", { class: "title" }, swatch(cell.name, cell.adapter), " over time"),
      controls,
    ),
    place,
  );
}

function phasePicture(
  phase: PhaseTimeline,
  { name, adapter }: CellView,
  own: TimelineChoices,
): HTMLElement[] {
  const marks = phaseMarks(phase);
  const numbers = phaseNumbers(marks);
  const sentences = timelineSentences(marks, numbers);
  const spoken = `${name}, phase ${phase.phase}: ${sentences.join(". ")}`;
  const listed = h("div");
  let chosen = 0;
  const details = h("details", { class: "numbers" }, h("summary", {}, "Numbers"), listed);
  const list = (): void => {
    if (!details.open) return;
    listed.replaceChildren(...tablesOf(marks, numbers, chosen));
  };
  details.addEventListener("toggle", list);
  const chart = timelineChart(marks, {
    color: adapter,
    spoken,
    onChoose: (stream) => {
      chosen = stream;
      list();
    },
  });
  const isWrong = numbers.wrongCount > 0 || numbers.lostCount > 0;
  return [
    h("p", { class: isWrong ? "words wrong" : "words" }, `${sentences.join(". ")}.`),
    ...(marks.streams.length < FEWEST_TO_SEARCH ? [] : [streamControls(marks, numbers, own, (streams) => {
      chart.show(streams);
      chosen = streams[0] ?? 0;
      list();
    })]),
    chart.element,
    ...legend(marks, adapter),
    h(
      "p",
      { class: "caption" },
      `One run of the phase, iteration ${phase.iteration}, from the call of its first operation on. Drag to zoom, drag with Shift to ` +
        "move, double-click to see all; the wheel zooms once the chart was clicked.",
    ),
    details,
  ];
}

/** How lanes are ordered: the value says what comes first. */
const ORDERS: readonly (readonly [key: string, text: string, value: (numbers: StreamNumbers) => number])[] = [
  ["busy", "busiest first", ({ changeCount, emissionCount }) => changeCount + emissionCount],
  ["outdated", "most outdated first", ({ outdatedUs }) => outdatedUs],
  ["repeated", "most without news first", ({ repeatedCount }) => repeatedCount],
  ["wrong", "wrong first", ({ wrongCount }) => wrongCount],
  ["watch", "as they were watched", () => 0],
];

function streamControls(
  { streams }: PhaseMarks,
  numbers: PhaseNumbers,
  { choices, id }: TimelineChoices,
  show: (streams: readonly number[]) => void,
): HTMLElement {
  const search = h("input", { type: "search", "aria-label": "Live queries with these words" });
  search.value = choices.figure(`${id}-find`) ?? "";
  const count = h("span", { class: "caption", role: "status" });
  const first = numbers.wrongCount > 0 ? "wrong" : "busy";
  let order = ORDERS.find(([key]) => key === choices.figure(`${id}-order`))?.[0] ?? first;
  const update = (): void => {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const value = ORDERS.find(([key]) => key === order)![2];
    const found = streams.flatMap(({ name, sql, args }, index) => {
      const text = `${name} ${sql} ${args}`.toLowerCase();
      return words.every((word) => text.includes(word)) ? [index] : [];
    }).sort((a, b) => value(numbers.streams[b]!) - value(numbers.streams[a]!) || a - b);
    count.textContent = `${formatCount(found.length)} of ${formatCount(streams.length)} live queries`;
    show(found);
  };
  search.addEventListener("input", () => {
    choices.setFigure(`${id}-find`, search.value);
    update();
  });
  // The chart has to be on the page before it is told.
  queueMicrotask(update);
  return h(
    "div",
    { class: "controls" },
    labelledSelect("Order", ORDERS.map(([key, text]) => [key, text]), order, (key) => {
      order = key;
      choices.setFigure(`${id}-order`, key === first ? "" : key);
      update();
    }),
    h("label", { class: "select" }, h("span", {}, "Find"), search),
    count,
  );
}

function legend({ streams }: PhaseMarks, color: number): HTMLElement[] {
  if (streams.length === 0) return [];
  const key = (name: string, text: string): HTMLElement =>
    h("li", {}, h("span", { class: `key ${name}`, "aria-hidden": "true" }), text);
  const kinds = new Set(streams.flatMap(({ emissions }) => emissions.map(({ kind }) => kind)));
  const isWrong = kinds.has("phantom") || kinds.has("regressed");
  const isSkipped = streams.some(({ changes }) => changes.some(({ isShown }) => !isShown));
  return [h(
    "ul",
    // Low lanes have bars instead of dots.
    {
      class: `legend c${color % COLOR_COUNT}${streams.length > MOST_TALL_LANES ? " flat" : ""}`,
      "aria-label": "Marks",
    },
    key("outdated", "outdated on the screen"),
    key("commit", isSkipped ? "commit, shown" : "commit"),
    isSkipped && key("commit skipped", "commit, skipped over"),
    key("emission", "update"),
    kinds.has("repeated") && key("emission repeated", "update with nothing new"),
    isWrong && key("wrong", "update that cannot be true"),
    streams.some(({ requeries }) => requeries !== undefined) && key("requery", "re-query"),
  )];
}

function tablesOf(marks: PhaseMarks, numbers: PhaseNumbers, chosen: number): HTMLElement[] {
  const stream = marks.streams[chosen];
  return [
    ...(marks.streams.length === 0 ? [] : [streamTable(marks, numbers)]),
    ...(stream === undefined ? [operationTable(marks)] : [markTable(stream)]),
  ];
}

function streamTable({ streams }: PhaseMarks, numbers: PhaseNumbers): HTMLElement {
  const number = (value: number): TableField => ({ content: formatCount(value), sort: value });
  const time = (us: number): TableField => ({ content: timeText(us), sort: us });
  const tellsRequeries = numbers.requeryCount !== undefined;
  return dataTable(
    "Live queries",
    [
      { title: "live query" },
      { title: "commits", isNumber: true, hint: "Recorded commits that changed the result" },
      { title: "shown", isNumber: true, hint: "Those that an update showed" },
      { title: "updates", isNumber: true, hint: "After the first result" },
      { title: "nothing new", isNumber: true },
      { title: "wrong", isNumber: true },
      ...(tellsRequeries ? [{ title: "re-queries", isNumber: true }] : []),
      { title: "outdated", isNumber: true },
      { title: "of the time", isNumber: true },
      { title: "longest", isNumber: true },
      { title: "query" },
    ],
    streams.map(({ name, sql, args }, index) => {
      const own = numbers.streams[index]!;
      const share = numbers.lengthUs === 0 ? 0 : own.outdatedUs / numbers.lengthUs;
      return [
        { content: name, sort: index },
        number(own.changeCount),
        number(own.shownCount),
        number(own.emissionCount),
        number(own.repeatedCount),
        { ...number(own.wrongCount), class: own.wrongCount > 0 ? "heat3" : "" },
        ...(tellsRequeries ? [number(own.requeryCount ?? 0)] : []),
        time(own.outdatedUs),
        { content: percent(share), sort: share },
        time(own.outdatedMaxUs),
        { content: args === "" ? sql : `${sql} with (${args})`, sort: sql, class: "long" },
      ];
    }),
    { isCaptionShown: true },
  );
}

/** Every mark of one stream in the order of time. */
function markTable(stream: StreamMarks): HTMLElement {
  const { name, changes, emissions, outdated, requeries = [], errors } = stream;
  const rows = [
    ...changes.map(({ ackUs }, index) => ({ atUs: ackUs, what: "commit", text: changeText(stream, index) })),
    ...emissions.map(({ atUs }, index) => ({ atUs, what: "update", text: emissionText(stream, index) })),
    ...outdated.map(([from, to]) => ({ atUs: from, what: "outdated", text: `For ${timeText(to - from)}` })),
    ...requeries.map(([from, to]) => ({ atUs: from, what: "re-query", text: `Took ${timeText(to - from)}` })),
    ...errors.map(({ atUs, message }) => ({ atUs, what: "error", text: message })),
  ].sort((a, b) => a.atUs - b.atUs);
  const left = rows.length - LISTED_MARKS;
  return dataTable(
    `Marks of ${name}${left > 0 ? `, the first ${LISTED_MARKS} of ${formatCount(rows.length)}` : ""}`,
    [{ title: "time", isNumber: true }, { title: "what" }, { title: "in words" }],
    rows.slice(0, LISTED_MARKS).map(({ atUs, what, text }) => [
      { content: momentText(atUs), sort: atUs },
      { content: what, sort: what },
      { content: text, sort: text, class: "long" },
    ]),
    { isCaptionShown: true },
  );
}

function operationTable({ phase, operations }: PhaseMarks): HTMLElement {
  return dataTable(
    "Operations",
    [{ title: "started", isNumber: true }, { title: "took", isNumber: true }, { title: "what" }],
    operations.slice(0, LISTED_MARKS).map(({ label, startUs, ackUs }) => [
      { content: momentText(startUs), sort: startUs },
      { content: timeText(ackUs - startUs), sort: ackUs - startUs },
      { content: phase.labels[label]!.label, sort: phase.labels[label]!.label },
    ]),
    { isCaptionShown: true },
  );
}
