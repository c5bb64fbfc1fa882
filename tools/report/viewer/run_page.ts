/** The page of one run: which one, why, and can it be trusted. */
import { bestValue, FEWEST_BLOCKS_FOR_BEST } from "../../../lib/report/best_value.ts";
import {
  formatCount,
  formatEstimate,
  formatQuantity,
  formatShare,
  NO_VALUE,
} from "../../../lib/report/format.ts";
import type {
  BlockValues,
  CellView,
  MetricView,
  PhaseView,
  RunView,
  SectionView,
} from "../../../lib/report/html/view.ts";
import type { ValueSummary } from "../../../lib/report/summarize_run.ts";
import { costChart, deliveryChart, noiseChart, rankingChart, spreadChart } from "./charts.ts";
import { dataTable, type TableField } from "./data_table.ts";
import { h, labelledSelect } from "./dom.ts";
import { summaryOf } from "./estimate.ts";

/** One adapter in one phase. */
interface Entry {
  readonly name: string;
  readonly color: number;
  readonly isFloor: boolean;
  readonly hasFailures: boolean;
  readonly phase: PhaseView;
}

/** What a ranking can be about: a metric of the phase, or of the operations of one label. */
interface Subject {
  readonly key: string;
  readonly title: string;
  readonly metric: MetricView;
  readonly values: (phase: PhaseView) => readonly number[] | undefined;
}

/** Fills the page. */
export function drawRunPage(view: RunView, main: HTMLElement): void {
  const sections = view.sections.map((section, index) => ({ section, id: `workload-${index}` }));
  main.append(
    h(
      "div",
      { class: "columns" },
      contents(sections),
      h(
        "div",
        { class: "content" },
        trustPart(view),
        overviewPart(view, sections),
        ...sections.map(({ section, id }) => sectionPart(view, section, id)),
        environmentPart(view),
        adaptersPart(view),
        repeatPart(view),
        readingPart(view),
      ),
    ),
  );
}

function contents(sections: readonly { readonly section: SectionView; readonly id: string }[]): HTMLElement {
  const link = (id: string, text: string, mark?: HTMLElement): HTMLElement =>
    h("li", {}, h("a", { href: `#${id}` }, text), mark);
  return h(
    "nav",
    { class: "contents", "aria-label": "On this page" },
    h(
      "ul",
      {},
      link("trust", "Can I trust it?"),
      link("overview", "Which one?"),
      ...sections.map(({ section, id }) => {
        const wrong = section.cells.filter(({ status }) => status === "wrong").length;
        return link(id, section.key, wrong === 0 ? undefined : pill(`${wrong} wrong`, "bad"));
      }),
      link("environment", "Environment and noise"),
      link("adapters", "Adapters"),
      link("repeat", "Repeat it"),
      link("reading", "How to read this"),
    ),
  );
}

function trustPart(view: RunView): HTMLElement {
  const cells = view.sections.flatMap(({ cells }) => cells);
  const count = (status: CellView["status"]): number => cells.filter((cell) => cell.status === status).length;
  const verified = count("verified");
  const wrong = count("wrong");
  const pressures = view.blocks.flatMap(({ pressure }) => pressure ?? []);
  const loudest = Math.max(0, ...pressures);
  const blocks = summaryOf(
    cells.filter(({ status }) => status === "verified").map((cell) => cell.measuredBlockCount),
  );
  const typical = blocks?.estimate.value ?? 0;
  const confidence =
    summaryOf(Array.from({ length: Math.max(1, Math.round(typical)) }, () => 0))!.estimate.interval
      .confidence;
  const warningCount = view.warnings.length + cells.reduce((sum, { warnings }) => sum + warnings.length, 0);
  const card = (state: string, value: string, text: string): HTMLElement =>
    h("li", { class: `card ${state}` }, h("strong", {}, value), h("span", {}, text));
  const otherParts = [
    [wrong, "wrong"],
    [count("failed"), "failed"],
    [count("skipped"), "skipped"],
    [count("missing"), "not run"],
  ].flatMap(([number, word]) => number === 0 ? [] : [`${number} ${word}`]);
  return part("trust", "Can I trust it?", [
    h(
      "ul",
      { class: "cards" },
      card(
        wrong > 0 ? "bad" : verified === cells.length ? "good" : "fair",
        `${verified} of ${cells.length} cells verified`,
        otherParts.length === 0 ? "every answer was checked against the oracle" : otherParts.join(", "),
      ),
      card(
        typical >= 6 ? "good" : typical >= FEWEST_BLOCKS_FOR_BEST ? "fair" : "bad",
        `${formatCount(typical)} blocks per cell`,
        `intervals attain ${formatShare(confidence)} confidence`,
      ),
      card(
        pressures.length === 0 ? "fair" : loudest > 0.25 ? "bad" : loudest > 0.1 ? "fair" : "good",
        pressures.length === 0
          ? "CPU pressure unknown"
          : `CPU pressure up to ${formatShare(Math.round(loudest * 100) / 100)}`,
        "share of time in which other work waited",
      ),
      card(
        view.tree === "clean" ? "good" : "fair",
        view.tree === "clean"
          ? "clean commit"
          : view.tree === "dirty"
          ? "uncommitted changes"
          : "commit unknown",
        view.status === "complete" ? "the run is complete" : `the run is ${view.status}`,
      ),
      card(
        warningCount === 0 ? "good" : "fair",
        warningCount === 1 ? "1 warning" : `${warningCount} warnings`,
        warningCount === 0 ? "nothing qualifies the numbers" : "listed with the cells they qualify",
      ),
    ),
    ...(view.warnings.length === 0
      ? []
      : [h("ul", { class: "notes" }, ...view.warnings.map((text) => h("li", {}, text)))]),
  ]);
}

function overviewPart(
  view: RunView,
  sections: readonly { readonly section: SectionView; readonly id: string }[],
): HTMLElement {
  const metrics = view.metrics.filter(({ scope, direction }) => scope === "phase" && direction !== "context");
  const columns = sections.flatMap(({ section }) =>
    section.phases.map((phase) => ({ section, phase, several: section.phases.length > 1 }))
  );
  const place = h("div");
  const show = (id: string): void => {
    const metric = metrics.find((one) => one.id === id);
    if (metric === undefined) return;
    const bests = columns.map(({ section, phase }) => bestEntry(section, phase.name, metric));
    const leads = columns.map(({ section, phase }) => leadingValue(section, phase.name, metric));
    const rows = view.adapters.map((adapter, index): TableField[] => [
      { content: swatch(adapter.name, index), sort: adapter.name },
      ...columns.map(({ section, phase }, column): TableField => {
        const cell = section.cells.find((one) => one.adapter === index);
        return overviewField(cell, phase.name, metric, bests[column], leads[column]);
      }),
    ]);
    place.replaceChildren(
      dataTable(
        `${metric.title} of every adapter and workload`,
        [
          { title: "adapter" },
          ...columns.map(({ section, phase, several }) => ({
            title: several ? `${section.key} ${phase.name}` : section.key,
            isNumber: true,
            hint: section.question,
          })),
        ],
        rows,
      ),
      h("p", { class: "caption" }, metric.meaning, `. ${betterText(metric)}`),
    );
  };
  const first = metrics[0]?.id ?? "";
  show(first);
  return part("overview", "Which one?", [
    metrics.length === 0
      ? h("p", {}, "No cell was verified, so there is nothing to rank")
      : labelledSelect("Metric", metrics.map(({ id, title }) => [id, title]), first, show),
    place,
    h(
      "p",
      { class: "caption" },
      `Factors are against the best median with live queries. ★: the best beyond doubt, its interval touches no other ` +
        `and every one has at least ${FEWEST_BLOCKS_FOR_BEST} blocks. A floor ran without live queries.`,
    ),
  ]);
}

function overviewField(
  cell: CellView | undefined,
  phaseName: string,
  { id, unit, direction }: MetricView,
  best: string | undefined,
  lead: number | undefined,
): TableField {
  if (cell === undefined) return { content: NO_VALUE };
  const phase = cell.phases.find(({ name }) => name === phaseName);
  const value = summaryOf(phase?.metrics[id]);
  if (value === undefined) {
    return { content: cell.status === "verified" ? NO_VALUE : statusPill(cell), class: "muted" };
  }
  const median = value.estimate.value;
  const ratio = lead === undefined || lead === 0 || median === 0 || direction === "target"
    ? undefined
    : direction === "higher"
    ? lead / median
    : median / lead;
  const heat = ratio === undefined || phase?.unwatched
    ? ""
    : ratio <= 1.1
    ? "heat0"
    : ratio <= 2
    ? "heat1"
    : ratio <= 10
    ? "heat2"
    : "heat3";
  return {
    content: h(
      "span",
      {},
      best === cell.name ? h("span", { class: "star" }, "★ ") : undefined,
      h("b", {}, formatQuantity(median, unit)),
      h("small", {}, phase?.unwatched ? " floor" : ratio === undefined ? "" : ` ${factorText(ratio)}`),
    ),
    sort: median,
    class: heat,
  };
}

function factorText(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : formatCount(Math.round(ratio))}×`;
}

/** The best median among cells with live queries. */
function leadingValue(
  section: SectionView,
  phaseName: string,
  { id, direction }: MetricView,
): number | undefined {
  const medians = ranked(section, phaseName).flatMap(({ phase }) =>
    summaryOf(phase.metrics[id])?.estimate.value ?? []
  );
  if (medians.length === 0) return undefined;
  return direction === "higher" ? Math.max(...medians) : Math.min(...medians);
}

function bestEntry(
  section: SectionView,
  phaseName: string,
  { id, direction }: MetricView,
): string | undefined {
  const candidates = ranked(section, phaseName).filter(({ hasFailures }) => !hasFailures).flatMap(
    ({ name, phase }) => {
      const value = summaryOf(phase.metrics[id]);
      return value === undefined ? [] : [{ of: name, value }];
    },
  );
  return bestValue(candidates, direction);
}

function ranked(section: SectionView, phaseName: string): Entry[] {
  return entriesOf(section, phaseName).filter(({ isFloor }) => !isFloor);
}

function entriesOf(section: SectionView, phaseName: string): Entry[] {
  return section.cells.flatMap((cell) => {
    const phase = cell.phases.find(({ name }) => name === phaseName);
    if (phase === undefined) return [];
    return [{
      name: cell.name,
      color: cell.adapter,
      isFloor: phase.unwatched,
      hasFailures: cell.failures.length > 0,
      phase,
    }];
  });
}

function sectionPart(view: RunView, section: SectionView, id: string): HTMLElement {
  const { key, scale, title, question, unfair, sizes, phases, cells } = section;
  const measured = phases.filter(({ name }) => entriesOf(section, name).length > 0);
  return part(id, title === "" ? `${key}, ${scale}` : `${title} (${key}, ${scale})`, [
    h("p", { class: "question" }, question),
    h(
      "p",
      { class: "chips" },
      ...sizes.map((size) => h("span", { class: "chip" }, size)),
    ),
    h(
      "ul",
      { class: "verdicts", "aria-label": "Verdicts" },
      ...cells.map((cell) => h("li", {}, swatch(cell.name, cell.adapter), " ", statusPill(cell))),
    ),
    ...cells.flatMap(troublePart),
    ...measured.map((phase) => phasePart(view, section, phase, measured.length > 1)),
    ...blockPart(view, section),
    ...warningsPart(cells),
    ...(unfair === "" ? [] : [h("p", { class: "unfair" }, h("b", {}, "What is unfair about it: "), unfair)]),
  ]);
}

function troublePart(cell: CellView): HTMLElement[] {
  const findings = cell.findings.map(({ verdict, phase, query, detail, seen }) =>
    h(
      "li",
      {},
      h("p", {}, pill(verdict, "bad"), " ", detail),
      h("p", { class: "caption" }, `Phase ${phase}; seen in ${seen.join("; ")}`),
      h("pre", { tabindex: "0" }, h("code", {}, query)),
    )
  );
  const [first, ...others] = findings;
  return [
    ...(findings.length === 0 ? [] : [
      h(
        "div",
        { class: "trouble bad" },
        h("h3", {}, `${cell.name} was wrong: no speed is shown`),
        h("p", {}, `${formatCount(cell.findingCount)} wrong answers. The smallest history that shows it:`),
        h("ul", {}, first),
        others.length > 0 && h(
          "details",
          {},
          h(
            "summary",
            {},
            others.length === 1 ? "1 more kind of evidence" : `${others.length} more kinds of evidence`,
          ),
          h("ul", {}, ...others),
        ),
      ),
    ]),
    ...cell.failures.map(({ lead, reason, output }) =>
      h(
        "div",
        { class: "trouble fair" },
        h("h3", {}, lead),
        h("p", {}, reason),
        output.length > 0 && h("pre", { tabindex: "0" }, h("code", {}, output.join("\n"))),
      )
    ),
    ...(cell.skipReason === undefined ? [] : [
      h("div", { class: "trouble" }, h("h3", {}, `${cell.name} was skipped`), h("p", {}, cell.skipReason)),
    ]),
  ];
}

function phasePart(
  view: RunView,
  section: SectionView,
  { name, title }: { readonly name: string; readonly title: string },
  isHeaded: boolean,
): HTMLElement {
  const entries = entriesOf(section, name);
  return h(
    "div",
    { class: "phase" },
    isHeaded && h("h3", {}, title === "" ? name : `${name}: ${title}`),
    h(
      "div",
      { class: "grid" },
      ...deliveryFigure(entries),
      rankingFigure(view, entries),
      ...spreadFigure(view, entries),
      ...costFigure(entries),
    ),
    phaseNumbers(view, name, entries),
  );
}

function rankingFigure(view: RunView, entries: readonly Entry[]): HTMLElement {
  const subjects = subjectsOf(view, entries);
  const place = h("div");
  const show = (key: string): void => {
    const subject = subjects.find((one) => one.key === key);
    if (subject === undefined) return;
    const { metric, values } = subject;
    const sign = metric.direction === "higher" ? -1 : 1;
    const rows = entries.flatMap((entry) => {
      const value = summaryOf(values(entry.phase));
      return value === undefined ? [] : [{ ...entry, value }];
    }).toSorted((a, b) => sign * (a.value.estimate.value - b.value.estimate.value));
    place.replaceChildren(
      rankingChart({ ...metric, title: subject.title }, rows),
      h("p", { class: "caption" }, metric.meaning, `. ${betterText(metric)}`),
      numbers(dataTable(
        `${subject.title}: the numbers behind the marks`,
        [
          { title: "adapter" },
          { title: "median", isNumber: true },
          { title: "from", isNumber: true },
          { title: "to", isNumber: true },
          { title: "blocks", isNumber: true },
          { title: "each block" },
        ],
        rows.map(({ name, color, value: { values, estimate } }) => [
          { content: swatch(name, color), sort: name },
          quantityField(estimate.value, metric),
          quantityField(estimate.interval.lower, metric),
          quantityField(estimate.interval.upper, metric),
          { content: values.length, sort: values.length },
          { content: values.map((value) => formatQuantity(value, metric.unit)).join(", "), class: "long" },
        ]),
      )),
    );
  };
  show(subjects[0]?.key ?? "");
  return figure(
    "Ranking",
    labelledSelect("Metric", subjects.map(({ key, title }) => [key, title]), subjects[0]?.key ?? "", show),
    place,
  );
}

function subjectsOf(view: RunView, entries: readonly Entry[]): Subject[] {
  const ofPhase = view.metrics.filter(({ scope }) => scope === "phase").map((metric): Subject => ({
    key: metric.id,
    title: metric.title,
    metric,
    values: (phase) => phase.metrics[metric.id],
  }));
  const labels = [...new Set(entries.flatMap(({ phase }) => phase.operations.map(({ label }) => label)))];
  const ofOperations = labels.flatMap((label) =>
    view.metrics.filter(({ scope }) => scope === "operation").map((metric): Subject => ({
      key: `${label}/${metric.id}`,
      title: `${label} ${metric.title}`,
      metric,
      values: (phase) => phase.operations.find((one) => one.label === label)?.metrics[metric.id],
    }))
  );
  return [...ofPhase, ...ofOperations].filter(({ values }) =>
    entries.some(({ phase }) => (values(phase)?.length ?? 0) > 0)
  );
}

function deliveryFigure(entries: readonly Entry[]): HTMLElement[] {
  const deliveries = entries.flatMap(({ name, color, isFloor, phase: { metrics } }) => {
    const [delivered, fresh, tail] = ["emissions_delivered", "freshness_p50_ns", "freshness_p99_ns"]
      .map((id) => summaryOf(metrics[id]));
    if (delivered === undefined || fresh === undefined || tail === undefined) return [];
    return [{
      name,
      color,
      isFloor,
      delivered: delivered.estimate.value,
      deliveredRange: [Math.min(...delivered.values), Math.max(...delivered.values)] as const,
      freshNs: fresh.estimate.value,
      tailNs: tail.estimate.value,
    }];
  });
  if (deliveries.length === 0) return [];
  const needed = Math.max(
    ...entries.map(({ phase }) => summaryOf(phase.metrics["emissions_needed"])?.estimate.value ?? 0),
  );
  return [figure(
    "Emissions against freshness",
    undefined,
    deliveryChart(deliveries, needed),
    h(
      "p",
      { class: "caption" },
      "Dot: median freshness, the bar reaches to its 99th percentile. Low and on the line is best: left of the line and high is a " +
        "starved stream, right of it is work that nobody needed.",
    ),
    numbers(dataTable(
      "Emissions and freshness: the numbers behind the marks",
      [
        { title: "adapter" },
        { title: "delivered", isNumber: true },
        { title: "needed", isNumber: true },
        { title: "fresh p50", isNumber: true },
        { title: "fresh p99", isNumber: true },
      ],
      deliveries.map(({ name, color, delivered, freshNs, tailNs }) => [
        { content: swatch(name, color), sort: name },
        { content: formatCount(delivered), sort: delivered },
        { content: formatCount(needed), sort: needed },
        { content: formatQuantity(freshNs, "ns"), sort: freshNs },
        { content: formatQuantity(tailNs, "ns"), sort: tailNs },
      ]),
    )),
  )];
}

function spreadFigure(view: RunView, entries: readonly Entry[]): HTMLElement[] {
  const labels = [...new Set(entries.flatMap(({ phase }) => phase.operations.map(({ label }) => label)))];
  const subjects = [
    ...labels.map((label) => ({
      title: `latency of ${label}`,
      read: (phase: PhaseView) => phase.operations.find((one) => one.label === label)?.quantilesNs,
    })),
    { title: "freshness", read: (phase: PhaseView) => phase.freshnessNs },
  ].filter(({ read }) => entries.some(({ phase }) => (read(phase)?.length ?? 0) > 0));
  if (subjects.length === 0) return [];
  const place = h("div");
  const show = (title: string): void => {
    const subject = subjects.find((one) => one.title === title);
    if (subject === undefined) return;
    const middle = view.shares.indexOf(0.5);
    const spreads = entries.flatMap((entry) => {
      const quantilesNs = subject.read(entry.phase);
      return quantilesNs === undefined || quantilesNs.length === 0 ? [] : [{ ...entry, quantilesNs }];
    }).toSorted((a, b) => a.quantilesNs[middle]! - b.quantilesNs[middle]!);
    place.replaceChildren(
      spreadChart(title, view.shares, spreads),
      h(
        "p",
        { class: "caption" },
        "Thin line: minimum to maximum. Band: 5th to 95th percentile, the middle half darker. Line: median, diamond: 99th percentile. " +
          "Each is the median over blocks.",
      ),
      numbers(dataTable(
        `Distribution of ${title}: the numbers behind the marks`,
        [{ title: "adapter" }, ...view.shares.map((share) => ({ title: shareTitle(share), isNumber: true }))],
        spreads.map(({ name, color, quantilesNs }) => [
          { content: swatch(name, color), sort: name },
          ...quantilesNs.map((value) => ({ content: formatQuantity(value, "ns"), sort: value })),
        ]),
      )),
    );
  };
  const titles = subjects.map(({ title }) => title);
  show(titles[0]!);
  return [figure(
    "Distributions",
    labelledSelect("Of", titles.map((title) => [title, title]), titles[0]!, show),
    place,
  )];
}

function shareTitle(share: number): string {
  return share === 0 ? "min" : share === 1 ? "max" : `p${formatCount(share * 100)}`;
}

function costFigure(entries: readonly Entry[]): HTMLElement[] {
  const costs = entries.flatMap(({ name, color, isFloor, phase: { metrics } }) => {
    const [wall, caller] = ["wall_ns", "caller_cpu_ns"].map((id) => summaryOf(metrics[id]));
    if (wall === undefined || caller === undefined) return [];
    return [{ name, color, isFloor, wallNs: wall.estimate.value, callerNs: caller.estimate.value }];
  }).toSorted((a, b) => a.callerNs - b.callerNs);
  if (costs.length === 0) return [];
  return [figure(
    "Cost on the calling thread",
    undefined,
    costChart(costs),
    h(
      "p",
      { class: "caption" },
      "Solid: CPU time that the caller's own thread spent. Pale: wall time of the phase.",
    ),
    numbers(dataTable(
      "Caller CPU and wall: the numbers behind the marks",
      [
        { title: "adapter" },
        { title: "caller CPU", isNumber: true },
        { title: "wall", isNumber: true },
        { title: "share", isNumber: true },
      ],
      costs.map(({ name, color, wallNs, callerNs }) => [
        { content: swatch(name, color), sort: name },
        { content: formatQuantity(callerNs, "ns"), sort: callerNs },
        { content: formatQuantity(wallNs, "ns"), sort: wallNs },
        { content: formatShare(Math.round(1000 * callerNs / wallNs) / 1000), sort: callerNs / wallNs },
      ]),
    )),
  )];
}

function phaseNumbers(view: RunView, phaseName: string, entries: readonly Entry[]): HTMLElement {
  const metrics = view.metrics.filter(({ scope, id }) =>
    scope === "phase" && entries.some(({ phase }) => phase.metrics[id] !== undefined)
  );
  const operations = entries.flatMap((entry) =>
    entry.phase.operations.map((operation) => ({ entry, operation }))
  );
  const ofOperations = view.metrics.filter(({ scope }) => scope === "operation");
  const counters = entries.flatMap((entry) =>
    Object.entries(entry.phase.counters).map(([counter, values]) => ({ entry, counter, values }))
  );
  return h(
    "details",
    { class: "all" },
    h("summary", {}, `All numbers of ${phaseName}`),
    metricTable(
      `Phase ${phaseName}`,
      entries.map((entry) => ({ ...entry, values: entry.phase.metrics })),
      metrics,
    ),
    dataTable(
      `Operations of ${phaseName}`,
      [
        { title: "operation" },
        { title: "adapter" },
        { title: "per block", isNumber: true },
        ...ofOperations.map(({ title, meaning }) => ({ title, hint: meaning, isNumber: true })),
      ],
      operations.map(({ entry, operation: { label, count, metrics } }) => [
        { content: label, sort: label },
        { content: swatch(entry.name, entry.color), sort: entry.name },
        { content: formatCount(count), sort: count },
        ...ofOperations.map((metric) => estimateField(summaryOf(metrics[metric.id]), metric)),
      ]),
      { isCaptionShown: true },
    ),
    counters.length > 0 && dataTable(
      `Counters of the adapters in ${phaseName}`,
      [{ title: "adapter" }, { title: "counter" }, { title: "median", isNumber: true }],
      counters.map(({ entry, counter, values }) => {
        const value = summaryOf(values);
        return [
          { content: swatch(entry.name, entry.color), sort: entry.name },
          { content: counter, sort: counter },
          {
            content: value === undefined ? NO_VALUE : formatEstimate(value.estimate, "count"),
            sort: value?.estimate.value,
          },
        ];
      }),
      { isCaptionShown: true },
    ),
  );
}

function blockPart(view: RunView, section: SectionView): HTMLElement[] {
  const metrics = view.metrics.filter(({ scope }) => scope === "block");
  const rows = section.cells.filter(({ metrics }) => Object.keys(metrics).length > 0)
    .map((cell) => ({ name: cell.name, color: cell.adapter, values: cell.metrics }));
  if (rows.length === 0) return [];
  return [
    h(
      "details",
      { class: "all" },
      h("summary", {}, "Memory and preparation"),
      metricTable("Memory and preparation", rows, metrics),
    ),
  ];
}

function metricTable(
  caption: string,
  rows: readonly { readonly name: string; readonly color: number; readonly values: BlockValues }[],
  metrics: readonly MetricView[],
): HTMLElement {
  return dataTable(
    caption,
    [
      { title: "adapter" },
      ...metrics.map(({ title, meaning }) => ({ title, hint: meaning, isNumber: true })),
    ],
    rows.map(({ name, color, values }) => [
      { content: swatch(name, color), sort: name },
      ...metrics.map((metric) => estimateField(summaryOf(values[metric.id]), metric)),
    ]),
    { isCaptionShown: true },
  );
}

function warningsPart(cells: readonly CellView[]): HTMLElement[] {
  const lines = cells.flatMap(({ name, warnings }) => warnings.map((text) => `${name}: ${text}`));
  if (lines.length === 0) return [];
  return [h(
    "details",
    { class: "all" },
    h("summary", {}, lines.length === 1 ? "1 warning" : `${lines.length} warnings`),
    h("ul", { class: "notes" }, ...lines.map((text) => h("li", {}, text))),
  )];
}

function environmentPart(view: RunView): HTMLElement {
  return part("environment", "Environment and noise", [
    view.blocks.length > 0 && figure(
      "CPU pressure while each block ran",
      undefined,
      noiseChart(view.blocks.map(({ adapter, ...block }) => ({ ...block, color: adapter }))),
      h(
        "p",
        { class: "caption" },
        "One bar per block in the order in which they ran, coloured by adapter: the share of its time in which some task waited for a CPU.",
      ),
      numbers(dataTable(
        "Blocks in the order in which they ran",
        [
          { title: "block" },
          { title: "started", isNumber: true },
          { title: "took", isNumber: true },
          { title: "pressure", isNumber: true },
          { title: "load", isNumber: true },
          { title: "status" },
        ],
        view.blocks.map(({ title, startMs, elapsedMs, pressure, load, status }) => [
          { content: title, sort: title },
          { content: formatQuantity(startMs * 1e6, "ns"), sort: startMs },
          { content: formatQuantity(elapsedMs * 1e6, "ns"), sort: elapsedMs },
          { content: pressure === undefined ? NO_VALUE : formatShare(pressure), sort: pressure },
          { content: load === undefined ? NO_VALUE : formatCount(load), sort: load },
          { content: status, sort: status },
        ]),
      )),
    ),
    h(
      "dl",
      { class: "facts" },
      ...view.environment.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
    ),
  ]);
}

function adaptersPart(view: RunView): HTMLElement {
  return part("adapters", "Adapters", [
    ...view.adapters.map(({ name, title, drivers, about, unfair, homepage, capabilities, facts }, index) =>
      h(
        "details",
        { class: "all" },
        h("summary", {}, swatch(name, index), title !== "" && ` ${title}`, drivers !== "" && ` (${drivers})`),
        h("p", {}, about),
        unfair !== "" && h("p", { class: "unfair" }, h("b", {}, "What is unfair about it: "), unfair),
        homepage !== "" && h("p", {}, h("a", { href: homepage, rel: "noreferrer" }, homepage)),
        h(
          "dl",
          { class: "facts" },
          ...[...capabilities, ...facts].map(([name, value]) =>
            h("div", {}, h("dt", {}, name), h("dd", {}, value))
          ),
        ),
      )
    ),
  ]);
}

function repeatPart(view: RunView): HTMLElement {
  return part("repeat", "Repeat it", [
    h(
      "p",
      {},
      `The same cells, seed and number of blocks, with ${
        view.commands.length === 1 ? "this command" : "these commands"
      }:`,
    ),
    ...view.commands.map((command) => {
      const button = h("button", { type: "button" }, "Copy");
      button.addEventListener("click", () => {
        navigator.clipboard.writeText(command).then(
          () => button.textContent = "Copied",
          () => button.textContent = "Select it by hand",
        );
      });
      return h("div", { class: "command" }, h("pre", { tabindex: "0" }, h("code", {}, command)), button);
    }),
  ]);
}

function readingPart(view: RunView): HTMLElement {
  return part("reading", "How to read this", [
    h(
      "p",
      {},
      "A value is the median over blocks, each block being one fresh process. Its interval lies between two blocks and aims at 95 % " +
        "confidence. A cell that gave one wrong answer shows no numbers at all. Fewer emissions are no win by themselves: read them " +
        "beside freshness.",
    ),
    dataTable(
      "Metrics",
      [{ title: "metric" }, { title: "of a" }, { title: "better" }, { title: "meaning" }],
      view.metrics.map((metric) => [
        { content: metric.title, sort: metric.title },
        { content: metric.scope, sort: metric.scope },
        { content: betterText(metric), sort: metric.direction },
        { content: metric.meaning, sort: metric.meaning, class: "long" },
      ]),
    ),
  ]);
}

/** A part of a page with its heading. */
export function part(id: string, title: string, children: readonly (Node | false)[]): HTMLElement {
  return h(
    "section",
    { id, "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, title),
    ...children,
  );
}

function figure(title: string, control: HTMLElement | undefined, ...children: readonly Node[]): HTMLElement {
  return h("figure", {}, h("figcaption", {}, h("span", { class: "title" }, title), control), ...children);
}

function numbers(table: HTMLElement): HTMLElement {
  return h("details", { class: "numbers" }, h("summary", {}, "Numbers"), table);
}

function estimateField(value: ValueSummary | undefined, { unit }: MetricView): TableField {
  if (value === undefined) return { content: NO_VALUE };
  return { content: formatEstimate(value.estimate, unit), sort: value.estimate.value };
}

function quantityField(value: number, { unit }: MetricView): TableField {
  return { content: formatQuantity(value, unit), sort: value };
}

/** A name with its colour in front. */
export function swatch(name: string, color: number): HTMLElement {
  return h(
    "span",
    { class: "adapter" },
    h("span", { class: `swatch c${color % 8}`, "aria-hidden": "true" }),
    name,
  );
}

/** A word in a coloured frame. */
export function pill(text: string, state: "good" | "fair" | "bad" | "none"): HTMLElement {
  return h("span", { class: `pill ${state}` }, text);
}

function statusPill(cell: CellView): HTMLElement {
  switch (cell.status) {
    case "verified":
      return cell.phases.some(({ unwatched }) => unwatched)
        ? pill("floor", "none")
        : pill("✓ converged", "good");
    case "wrong":
      return pill(`✗ ${cell.verdict ?? "wrong"}`, "bad");
    case "failed":
      return pill("! failed", "fair");
    case "skipped":
      return pill("skipped", "none");
    case "missing":
      return pill("not run", "none");
  }
}

function betterText({ direction }: MetricView): string {
  switch (direction) {
    case "lower":
      return "Lower is better";
    case "higher":
      return "Higher is better";
    case "target":
      return "As many as the truth needs is best";
    case "context":
      return "Neither way is better";
  }
}
