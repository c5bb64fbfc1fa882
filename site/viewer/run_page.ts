/** The page of one run: which one, why, and can it be trusted? */
import { runHeading } from "../pages/run_heading.ts";
import type { RunView, SectionView } from "../pages/view.ts";
import { h } from "./dom.ts";
import { setMarks } from "./marks.ts";
import { adaptersPart } from "./run/adapters_part.ts";
import { conclusionsPart } from "./run/conclusions_part.ts";
import { environmentPart } from "./run/environment_part.ts";
import { growthPart } from "./run/growth_part.ts";
import { ladderPart } from "./run/ladder_part.ts";
import { overviewPart } from "./run/overview_part.ts";
import { readingPart } from "./run/reading_part.ts";
import { repeatPart } from "./run/repeat_part.ts";
import { exceptionPills } from "./run/exceptions.ts";
import { RunChoices } from "./run/run_choices.ts";
import { runtimesPart } from "./run/runtimes_part.ts";
import { sectionPart } from "./run/section_part.ts";
import { soakPart } from "./run/soak_part.ts";
import { trustPart } from "./run/trust_part.ts";

/** Fills the page, which may be that of any run. */
export function drawRunPage(view: RunView, main: HTMLElement): void {
  const { title, heading, lead } = runHeading(view);
  document.title = title;
  main.querySelector("h1")!.textContent = heading;
  main.querySelector(".lead")!.textContent = lead;
  setMarks(view.adapters.map(({ cellClass }) => cellClass));
  const choices = new RunChoices();
  const sections = placed(view);
  const content = h(
    "div",
    { class: "content" },
    conclusionsPart(view),
    trustPart(view),
    ...view.ladders.map((ladder, index) => ladderPart(ladder, `rates-${index}`)),
    overviewPart(view, sections, choices),
    ...runtimesPart(view),
    ...growthPart(view, choices),
    ...soakPart(view, choices),
    ...sections.map(({ section, id }) => sectionPart(view, section, id, choices)),
    environmentPart(view),
    adaptersPart(view),
    view.commands.length > 0 && repeatPart(view),
    readingPart(view),
  );
  main.append(h("div", { class: "columns" }, contents(view), content));
  keepFolds(content, choices);
  addEventListener("hashchange", () => {
    // A place on the page leaves what is chosen as it is.
    if (location.hash.includes("=")) choices.follow();
  });
}

/** Parts that are unfolded stand in the address, and are unfolded again by it. */
function keepFolds(content: HTMLElement, choices: RunChoices): void {
  const folds = [...content.querySelectorAll<HTMLDetailsElement>(":scope > section > details.folded")]
    .map((details) => ({ id: details.parentElement!.id, details }));
  const show = (): void => {
    for (const { id, details } of folds) details.open = choices.of("open").includes(id);
  };
  show();
  for (const { id, details } of folds) {
    details.addEventListener("toggle", () => choices.toggle("open", id, details.open));
  }
  // Not whenever one is unfolded: of several at once, the others have not told yet.
  choices.onFollow(show);
}

function placed({ sections }: RunView): { readonly section: SectionView; readonly id: string }[] {
  return sections.map((section, index) => ({ section, id: `workload-${index}` }));
}

function contents(view: RunView): HTMLElement {
  const link = (id: string, text: string, ...marks: readonly HTMLElement[]): HTMLElement =>
    h("li", {}, h("a", { href: `#${id}` }, text), ...marks);
  return h(
    "nav",
    { class: "contents", "aria-label": "On this page" },
    h(
      "ul",
      {},
      view.conclusions.length > 0 && link("conclusions", "What matters most"),
      link("trust", "Can I trust it?"),
      ...view.ladders.map((_, index) =>
        link(`rates-${index}`, view.ladders.length === 1 ? "How fast?" : `How fast? ${index + 1}`)
      ),
      link("overview", "Which one?"),
      view.runtimes.length > 0 && link("runtimes", "What changes with the runtime?"),
      view.sweeps.length > 0 && link("growth", "Whose cost grows?"),
      view.soaks.length > 0 && link("soak", "What changes with time?"),
      ...placed(view).map(({ section, id }) => link(id, section.key, ...exceptionPills(section.cells))),
      link("environment", "Environment and noise"),
      link("adapters", "Databases"),
      link("repeat", "Repeat it"),
      link("reading", "How to read this"),
    ),
  );
}
