/** Values of arms against a fixed bar: a dot per round, the middle, and the bar as a line. */
import type { CriterionView } from "../../experiments/view.ts";
import { formatQuantity } from "../../../lib/report/format.ts";
import { drawing, horizontalAxis, responsive, valueScale } from "../axis.ts";
import { shortened } from "../chart_row.ts";
import { s } from "../dom.ts";
import { resultSign } from "./result_mark.ts";

const ROW_HEIGHT = 40;
const TRACK_AT = 28;
const INSET = 10;

/** Draws one criterion with a row per arm. */
export function valueChart(criterion: CriterionView): HTMLElement {
  const { title, unit, arms, line, bar } = criterion;
  return responsive((width) => {
    const values = arms.flatMap(({ values, value }) => [...values, ...(value === null ? [] : [value])]);
    const scale = valueScale([...values, line.at], INSET, width - INSET, { isWhole: unit === "count" });
    const bottom = arms.length * ROW_HEIGHT + 6;
    const x = scale.at(line.at);
    const [from, to] = line.passes === "above" ? [x, width] : line.passes === "below" ? [0, x] : [x, x];
    const spoken = arms.map(({ arm, value, result, values }) =>
      `${arm}: ${value === null ? "no value" : formatQuantity(value, unit)}, ${values.length} rounds${
        result === undefined ? ", not judged" : `, ${result}`
      }`
    );
    return drawing(
      width,
      bottom + 20,
      `${title}${scale.isLog ? ", logarithmic" : ""}; bar: ${bar}. ${spoken.join(". ")}`,
      s("rect", { class: "passing", x: from, y: 0, width: Math.max(0, to - from), height: bottom }),
      horizontalAxis(scale, unit, { top: 0, bottom, width }),
      ...arms.map((arm, index) => {
        const top = index * ROW_HEIGHT;
        const y = top + TRACK_AT;
        const name = arm.result === undefined ? `${arm.arm} (control)` : arm.arm;
        const middle = arm.value === null ? "no value" : formatQuantity(arm.value, unit);
        const text = arm.result === undefined ? middle : `${middle} ${resultSign(arm.result)}`;
        return s(
          "g",
          { class: `row ${arm.result === undefined ? "control" : "c0"}`, "data-arm": arm.arm },
          s("title", {}, spoken[index]),
          s(
            "text",
            { class: "name", x: 0, y: top + 15 },
            shortened(name, (width - 6.6 * text.length - 8) / 7.6),
          ),
          s(
            "text",
            { class: `result ${arm.result ?? ""}`, x: width, y: top + 15, "text-anchor": "end" },
            text,
          ),
          ...arm.values.map((value, round) =>
            s(
              "circle",
              { class: "dot", cx: scale.at(value), cy: y + (round % 3 - 1) * 4, r: 2.6 },
              s("title", {}, `round ${round + 1}: ${formatQuantity(value, unit)}`),
            )
          ),
          s(
            "g",
            { class: "bar" },
            s("title", {}, `bar: ${bar}`),
            s("path", { d: `M${x},${y - 10}V${y + 10}` }),
          ),
          arm.value !== null &&
            s("line", {
              class: "median",
              x1: scale.at(arm.value),
              x2: scale.at(arm.value),
              y1: y - 9,
              y2: y + 9,
            }),
        );
      }),
    );
  });
}
