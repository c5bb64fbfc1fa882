/** All experiments: searched, filtered, as of a day; what was believed then, and how claims bear on each other. */
import { eventDays } from "../../../lib/experiments/map/as_of.ts";
import type { ExperimentLine, ExperimentsView } from "../../experiments/view.ts";
import { formatCount, NO_VALUE } from "../../../lib/report/format.ts";
import { addressChoices, writeAddress } from "../address.ts";
import { dataTable, type TableField } from "../data_table.ts";
import { h, labelledSelect } from "../dom.ts";
import { part } from "../page_part.ts";
import { beliefsPart } from "./beliefs_part.ts";
import { knownExperiments, type Question } from "./known_experiments.ts";
import { lineagePart } from "./lineage_part.ts";
import { plural } from "./plural.ts";
import { standingPill, STANDINGS } from "./standing_pill.ts";

const PAGE_SIZE = 100;

/** Fills the page. */
export function drawExperimentsPage(
  { experiments, directions, strays }: ExperimentsView,
  main: HTMLElement,
): void {
  const address = addressChoices();
  const days = eventDays(experiments);
  const classes = [...new Set(experiments.map(({ experimentClass }) => experimentClass))];
  const allDirections = [
    ...new Set([...directions.map(({ id }) => id), ...experiments.flatMap((one) => one.directions)]),
  ].sort();
  const addressed = (key: string, values: readonly string[]): string =>
    values.find((value) => value === address.get(key)) ?? "";
  const question: { -readonly [Key in keyof Question]: Question[Key] } = {
    words: wordsOf(address.get("search") ?? ""),
    standing: addressed("standing", Object.keys(STANDINGS)),
    experimentClass: addressed("class", classes),
    direction: addressed("direction", allDirections),
    day: /^\d{4}-\d\d-\d\d$/.exec(address.get("day") ?? "")?.[0] ?? "",
  };
  const count = h("p", { class: "caption", role: "status" });
  const list = h("div");
  const beliefs = h("div");
  const lineage = h("div");
  const more = h("button", { type: "button" }, "Show more");
  let listed = PAGE_SIZE;

  const draw = (): void => {
    const known = knownExperiments(experiments, question);
    const shown = known.shown.slice(0, listed);
    count.textContent = [
      `${formatCount(known.shown.length)} of ${plural(known.asked.length, "experiment")}`,
      ...(shown.length < known.shown.length ? [`${formatCount(shown.length)} listed`] : []),
      ...(question.day === "" ? [] : [`as of the end of ${question.day}`]),
      ...(known.asked.length < experiments.length
        ? [`${formatCount(experiments.length - known.asked.length)} came later`]
        : []),
    ].join(", ");
    more.hidden = shown.length === known.shown.length;
    list.replaceChildren(experimentsTable(shown));
    beliefs.replaceChildren(...beliefsPart(known, directions, question.day));
    lineage.replaceChildren(...lineagePart(known));
  };
  const change = <Key extends keyof Question>(key: Key, value: Question[Key]): void => {
    question[key] = value;
    listed = PAGE_SIZE;
    writeAddress({
      search: question.words.join(" "),
      standing: question.standing,
      class: question.experimentClass,
      direction: question.direction,
      day: question.day,
    });
    draw();
  };
  more.addEventListener("click", () => {
    listed += PAGE_SIZE;
    draw();
  });

  const search = h("input", { type: "search", placeholder: "id, title, question, direction, belief" });
  search.value = question.words.join(" ");
  search.addEventListener("input", () => change("words", wordsOf(search.value)));
  main.append(
    part("experiments", "What was asked", [
      h(
        "div",
        { class: "controls" },
        h("label", { class: "select" }, h("span", {}, "Search"), search),
        filter("Outcome", Object.keys(STANDINGS), ({ standing }) => [standing], "standing"),
        filter(
          "Class",
          classes,
          ({ experimentClass }) => [experimentClass],
          "experimentClass",
        ),
        filter(
          "Direction",
          allDirections,
          (one) => one.directions,
          "direction",
        ),
        dayControl(days, question.day, (day) => change("day", day)),
      ),
      count,
      list,
      more,
    ]),
    part("beliefs", "What is believed", [beliefs]),
    part("lineage", "How claims bear on each other", [lineage]),
  );
  if (strays.length > 0) {
    main.append(h(
      "details",
      { class: "all" },
      h("summary", {}, `${plural(strays.length, "thing")} that cannot be read as an experiment`),
      h("ul", { class: "notes" }, ...strays.map(({ path, reason }) => h("li", {}, `${path}: ${reason}`))),
    ));
  }
  draw();

  /** A choice among values that occur, with how often they do. */
  function filter(
    label: string,
    values: readonly string[],
    read: (line: ExperimentLine) => readonly string[],
    key: "standing" | "experimentClass" | "direction",
  ): HTMLElement {
    const counted = values.map((value) =>
      [value, experiments.filter((one) => read(one).includes(value)).length] as const
    );
    return labelledSelect(
      label,
      [
        ["", "all"],
        ...counted.filter(([, number]) => number > 0 || key === "direction")
          .map(([value, number]) => [value, `${value.replaceAll("_", " ")} (${number})`] as const),
      ],
      question[key],
      (value) => change(key, value),
    );
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter((word) => word !== "");
}

/** A day, and steps to the days on which something was asked or recorded. */
function dayControl(days: readonly string[], chosen: string, onChange: (day: string) => void): HTMLElement {
  const [first, last] = [days[0], days.at(-1)];
  const input = h("input", { type: "date", min: first, max: last, "aria-label": "As of" });
  const [before, after, now] = ["◀", "▶", "Now"].map((text) => h("button", { type: "button" }, text)) as [
    HTMLButtonElement,
    HTMLButtonElement,
    HTMLButtonElement,
  ];
  before.setAttribute("aria-label", "The day of the change before");
  after.setAttribute("aria-label", "The day of the next change");
  const show = (day: string): void => {
    input.value = day;
    const at = day === "" ? "9999" : day;
    before.disabled = !days.some((one) => one < at);
    after.disabled = !days.some((one) => one > at);
    now.disabled = day === "";
  };
  const set = (day: string): void => {
    show(day);
    onChange(day);
  };
  before.addEventListener("click", () => set(days.findLast((one) => one < (input.value || "9999")) ?? ""));
  after.addEventListener("click", () => set(days.find((one) => one > input.value) ?? ""));
  now.addEventListener("click", () => set(""));
  input.addEventListener("change", () => set(input.value));
  show(chosen);
  return h(
    "span",
    { class: "select day" },
    h("label", { class: "select" }, h("span", {}, "As of"), input),
    before,
    after,
    now,
  );
}

function experimentsTable(experiments: readonly ExperimentLine[]): HTMLElement {
  return dataTable(
    "Experiments",
    [
      { title: "#" },
      { title: "experiment" },
      { title: "outcome" },
      { title: "class" },
      { title: "directions" },
      { title: "asked" },
      { title: "recorded" },
      { title: "claims", isNumber: true },
      { title: "what came of it" },
    ],
    experiments.map((one): TableField[] => [
      { content: h("a", { href: one.href }, one.id), sort: one.id.padStart(8, "0") },
      {
        content: h("span", {}, h("a", { href: one.href }, one.title), h("small", {}, one.question)),
        sort: one.title,
        class: "long asked",
      },
      { content: standingPill(one.standing, one.standingText), sort: one.standingText },
      { content: one.experimentClass, sort: one.experimentClass },
      { content: one.directions.join(", "), sort: one.directions.join(), class: "long narrow" },
      { content: one.days.asked, sort: one.days.asked },
      { content: one.days.learned ?? NO_VALUE, sort: one.days.learned },
      { content: formatCount(one.claims.length), sort: one.claims.length },
      { content: one.summary === "" ? NO_VALUE : one.summary, sort: one.summary, class: "long" },
    ]),
  );
}
