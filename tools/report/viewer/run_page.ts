/** The page of one run: which one, why, and can it be trusted? */
import type { RunPageData } from "../../../lib/report/html/run_page_data.ts";
import type { RunView, SectionView } from "../../../lib/report/html/view.ts";
import { pill } from "./badges.ts";
import { h } from "./dom.ts";
import { adaptersPart } from "./run/adapters_part.ts";
import { conclusionsPart } from "./run/conclusions_part.ts";
import { environmentPart } from "./run/environment_part.ts";
import { overviewPart } from "./run/overview_part.ts";
import { readingPart } from "./run/reading_part.ts";
import { repeatPart } from "./run/repeat_part.ts";
import { RunDetails } from "./run/run_details.ts";
import { sectionPart } from "./run/section_part.ts";
import { trustPart } from "./run/trust_part.ts";
import { runViewOf } from "./run_view_of.ts";

/** Fills the page. What it does not carry is loaded when somebody gets there. */
export function drawRunPage(data: RunPageData, main: HTMLElement): void {
  const view = runViewOf(data);
  const content = h("div", { class: "content" });
  let metric: string | undefined;
  const draw = (view: RunView, details?: RunDetails): void => {
    content.replaceChildren(...parts(view, details, metric, (chosen) => {
      metric = chosen;
      details?.load();
    }));
  };
  const details = data.details === undefined ? undefined : new RunDetails(data.details, (whole) => {
    keepingPlace(content, () => draw(whole));
  });
  draw(view, details);
  main.append(h("div", { class: "columns" }, contents(view), content));
}

function parts(
  view: RunView,
  details: RunDetails | undefined,
  metric: string | undefined,
  onMetric: (id: string) => void,
): HTMLElement[] {
  const sections = placed(view);
  const conclusions = conclusionsPart(view);
  return [
    ...(conclusions === undefined ? [] : [conclusions]),
    trustPart(view),
    overviewPart(view, sections, { metric, onMetric }),
    ...sections.map(({ section, id }) => sectionPart(view, section, id, details)),
    environmentPart(view, details),
    adaptersPart(view, details),
    repeatPart(view),
    readingPart(view),
  ];
}

function placed({ sections }: RunView): { readonly section: SectionView; readonly id: string }[] {
  return sections.map((section, index) => ({ section, id: `workload-${index}` }));
}

/** Draws what is longer or shorter than before, and leaves what was at the top of the window there. */
function keepingPlace(content: HTMLElement, draw: () => void): void {
  const seen = [...content.children].find((child) => child.getBoundingClientRect().bottom > 0);
  const before = seen?.getBoundingClientRect().top ?? 0;
  draw();
  const after = seen === undefined ? undefined : document.getElementById(seen.id);
  if (after !== undefined && after !== null) scrollBy(0, after.getBoundingClientRect().top - before);
}

function contents(view: RunView): HTMLElement {
  const link = (id: string, text: string, mark?: HTMLElement): HTMLElement =>
    h("li", {}, h("a", { href: `#${id}` }, text), mark);
  return h(
    "nav",
    { class: "contents", "aria-label": "On this page" },
    h(
      "ul",
      {},
      view.conclusions.length > 0 && link("conclusions", "What matters most"),
      link("trust", "Can I trust it?"),
      link("overview", "Which one?"),
      ...placed(view).map(({ section, id }) => {
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
