/** The page "Which database?": what is chosen decides rows, scores and order, and stands in the address. */
import { choiceGroups } from "../../pages/choice_rows.ts";
import { SMALLEST_NS } from "../../pages/choice_score.ts";
import { type ChoiceState, formatState, parseState } from "../../pages/choice_state.ts";
import type { ChoiceRun, ChoiceView } from "../../pages/choice_view.ts";
import { formatQuantity } from "../../../lib/report/format.ts";
import { writeAddress } from "../address.ts";
import { commandLine } from "../command_line.ts";
import { h } from "../dom.ts";
import { cardList } from "./cards.ts";
import { choiceControls } from "./controls.ts";
import { matrix } from "./matrix.ts";
import type { RowsContext } from "./rows_view.ts";
import { referenceText } from "./texts.ts";

/** Narrower windows show cards. */
const CARDS = "(max-width: 52rem)";

/** Fills the page. */
export function drawChoicePage(view: ChoiceView, main: HTMLElement): void {
  const { run } = view;
  if (run === undefined) {
    main.append(h(
      "section",
      {},
      h(
        "p",
        {},
        "No stored run covers enough to compare databases: a complete bench at standard scale, with 3 repetitions or more for " +
          "each database and workload.",
      ),
    ));
    return;
  }
  let state = parseState(location.hash, view);
  const status = h("p", { class: "caption", role: "status" });
  const place = h("div", { class: "matrix-place" });
  const narrow = matchMedia(CARDS);

  const draw = (): void => {
    const groups = choiceGroups(view, state);
    const rows = groups.flatMap((group) => group.rows);
    const ranked = rows.filter(({ rank }) => rank !== undefined).length;
    status.textContent = rows.length === 0
      ? "No database has all that. Take something away from what it must have."
      : `${rows.length} of ${view.databases.length} shown, ${ranked} ranked. 1.00× is ${
        referenceText(state, view)
      }; less is better. A score opens its parts.`;
    const context: RowsContext = { view, state, change };
    const key = document.activeElement?.getAttribute("data-key");
    place.replaceChildren(
      ...(rows.length === 0 ? [] : [
        narrow.matches ? cardList(groups, context) : matrix(groups, context),
      ]),
    );
    // What was pressed was replaced, and must keep the focus of the keyboard.
    if (key !== null && key !== undefined) {
      place.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
    }
  };
  const show = (): void => {
    controls.show(state);
    draw();
  };
  const change = (next: Partial<ChoiceState>): void => {
    state = { ...state, ...next };
    writeAddress(Object.fromEntries(new URLSearchParams(formatState(state, view))));
    show();
  };
  const controls = choiceControls(view, () => state, change);
  addEventListener("hashchange", () => {
    state = parseState(location.hash, view);
    show();
  });
  narrow.addEventListener("change", draw);
  show();
  main.append(
    trust(run),
    controls.element,
    h("h2", { class: "hidden" }, "Databases"),
    status,
    place,
    reading(view, run),
  );
}

/** Correctness before everything, then what all numbers rest on. */
function trust({ checked, blockCount, machine, href, label, startedAt, commit }: ChoiceRun): HTMLElement {
  const isRight = checked.right === checked.all;
  return h(
    "ul",
    { class: "trust" },
    h(
      "li",
      { class: isRight ? "good" : "bad" },
      h(
        "b",
        {},
        isRight
          ? `✓ all ${checked.all} pairs of database and workload gave right answers only`
          : `✗ ${
            checked.all - checked.right
          } of ${checked.all} pairs of database and workload gave wrong answers`,
      ),
      " every result that was shown was checked",
    ),
    h("li", {}, h("b", {}, `${blockCount} repetitions`), " each in a fresh process"),
    h("li", {}, h("b", {}, "one machine"), ` ${machine}`),
    h(
      "li",
      {},
      h("b", {}, h("a", { href }, label)),
      ` ${startedAt.slice(0, 10)}${commit === "" ? "" : `, commit ${commit}`}`,
    ),
  );
}

function reading({ questions }: ChoiceView, { href, command, machine }: ChoiceRun): HTMLElement {
  return h(
    "section",
    { "aria-labelledby": "reading-title" },
    h("h2", { id: "reading-title" }, "How to read this"),
    h(
      "p",
      {},
      "Each number of a database is divided by the best one. The ratios of a workload are put together by their geometric " +
        "mean, then those of the workloads, and in the end speed, freshness and main thread by their weights. Twice the " +
        `score is twice the time. Times below ${
          formatQuantity(SMALLEST_NS, "ns")
        } count alike. ≈ marks a place that chance ` +
        "could have made: with every number at the end of its interval, its score reaches that of the place before.",
    ),
    h(
      "p",
      {},
      "Ranked is only who is complete: one wrong answer, a failed repetition or a number that is missing, and there is " +
        "no score. Classes are kept apart, since who forgets everything has less to do. △ is known to get something wrong " +
        "that no workload here asks for.",
    ),
    h(
      "p",
      { class: "unfair" },
      h("b", {}, "The one caveat: "),
      `all of it ran in one place (${machine}). A browser or a phone has other storage, other threads and another order.`,
    ),
    h(
      "ul",
      { class: "notes" },
      ...questions.map(({ title, key, question }) =>
        h("li", {}, h("b", {}, title), ` (${key}): ${question}`)
      ),
    ),
    h("p", {}, h("a", { href }, "Every number, chart and timeline of the run")),
    ...(command === "" ? [] : [h("p", { class: "caption" }, "Repeat it:"), commandLine(command)]),
  );
}
