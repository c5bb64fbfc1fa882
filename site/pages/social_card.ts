/** The picture that links to a site show elsewhere: who leads in which class. Pure, and without fonts of its own. */
import { escapeHtml } from "../../lib/report/safe_text.ts";
import { choiceGroups, type ChoiceRow } from "./choice_rows.ts";
import { defaultState } from "./choice_state.ts";
import type { ChoiceView } from "./choice_view.ts";

/** Pixels, as networks ask for them. */
export const CARD_SIZE = { width: 1200, height: 630 } as const;

const MOST_CLASSES = 2;
const MOST_ROWS = 4;
const COLORS = ["#6ea2ff", "#45c99a"];
const FONT = 'font-family="system-ui,Segoe UI,Roboto,DejaVu Sans,sans-serif"';
const LONGEST_NAME = 20;

/** What the card shows, in words. */
export function cardText(view: ChoiceView): string {
  const classes = leadersOf(view).map(({ title, rows }) =>
    `${title}: ${rows.map(({ name }) => name).join(", ")}`
  );
  return classes.length === 0 ? "Watchbench" : `Who leads in each class. ${classes.join(". ")}`;
}

/** The card as SVG. */
export function socialCard(view: ChoiceView): string {
  const { width, height } = CARD_SIZE;
  const leaders = leadersOf(view);
  const [left, top, columnWidth] = [72, 290, 510];
  const text = (x: number, y: number, size: number, fill: string, words: string, rest = ""): string =>
    `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" ${FONT} ${rest}>${escapeHtml(words)}</text>`;
  const columns = leaders.flatMap(({ title, rows }, column) => {
    const x = left + column * (columnWidth + 36);
    return [
      text(x, top, 24, "#a3aebf", title),
      ...rows.flatMap(({ name, score }, row) => {
        const y = top + 46 + row * 66;
        return [
          text(x, y, 26, "#e6eaf1", name, 'font-weight="600"'),
          text(x + columnWidth, y, 26, "#a3aebf", `${score.toFixed(2)}×`, 'text-anchor="end"'),
          `<rect x="${x}" y="${y + 12}" width="${columnWidth}" height="10" rx="5" fill="#232c3a"/>`,
          `<rect x="${x}" y="${y + 12}" width="${
            Math.max(10, Math.round(columnWidth / Math.max(1, score)))
          }" height="10" rx="5" fill="${COLORS[column]}"/>`,
        ];
      }),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#0f141c"/>`,
    `<circle cx="88" cy="88" r="14" fill="none" stroke="#8ab4ff" stroke-width="8"/>`,
    text(120, 98, 32, "#e6eaf1", "Watchbench", 'font-weight="600"'),
    text(left, 182, 64, "#ffffff", "Which database?", 'font-weight="700"'),
    text(left, 228, 26, "#a3aebf", "Live queries, measured: speed, freshness, main thread"),
    ...columns,
    "</svg>",
    "",
  ].join("\n");
}

/** The first rows of the first classes that rank anybody. */
function leadersOf(
  view: ChoiceView,
): { readonly title: string; readonly rows: readonly { readonly name: string; readonly score: number }[] }[] {
  return choiceGroups(view, defaultState(view)).flatMap(({ cellClass = "unknown", rows }) => {
    const ranked = rows.flatMap(({ database, score }: ChoiceRow) =>
      score === undefined ? [] : [{ name: shortened(database.title), score: score.value }]
    );
    return ranked.length === 0 ? [] : [{ title: cellClass, rows: ranked.slice(0, MOST_ROWS) }];
  }).slice(0, MOST_CLASSES);
}

function shortened(name: string): string {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}
