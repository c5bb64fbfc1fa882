import type { JudgedClaim } from "../../../lib/experiments/map/beliefs.ts";
import type { DirectionLine } from "../../experiments/view.ts";
import { pill } from "../badges.ts";
import { h } from "../dom.ts";
import type { KnownExperiments } from "./known_experiments.ts";
import { plural } from "./plural.ts";

const STATES = {
  live: "good",
  superseded: "fair",
  refuted: "bad",
  unsupported: "fair",
} as const satisfies Record<JudgedClaim["state"], string>;

/** Claims of the shown experiments by direction, those that hold first. */
export function beliefsPart(
  { shown, asked, beliefs }: KnownExperiments,
  directions: readonly DirectionLine[],
  day: string,
): HTMLElement[] {
  const ids = new Set(shown.map(({ id }) => id));
  const mine = beliefs.filter(({ source }) => ids.has(source));
  const hrefs = new Map(asked.map(({ id, href }) => [id, href]));
  const names = [...new Set([...directions.map(({ id }) => id), ...shown.flatMap((one) => one.directions)])]
    .filter((name) => shown.some((one) => one.directions.includes(name)) || shown.length === asked.length)
    .sort();
  const parts = names.map((name) => {
    const direction = directions.find(({ id }) => id === name);
    const own = new Set(shown.filter((one) => one.directions.includes(name)).map(({ id }) => id));
    const claims = mine.filter(({ source }) => own.has(source))
      .toSorted((a, b) => Number(a.state !== "live") - Number(b.state !== "live"));
    // Files of directions keep no history: on earlier days only what has a date is known.
    const isNow = day === "";
    const candidates = (direction?.candidates ?? []).filter(({ addedDate }) => isNow || addedDate <= day);
    return h(
      "div",
      { class: "belief" },
      h(
        "h3",
        {},
        name,
        " ",
        isNow && direction !== undefined && direction.status !== "" && pill(direction.status, "none"),
      ),
      isNow && direction !== undefined && direction.currentRead !== "" && h("p", {}, direction.currentRead),
      claims.length === 0
        ? h("p", { class: "caption" }, "No claim yet")
        : h("ul", { class: "claims" }, ...claims.map((one) => claimItem(one, hrefs))),
      candidates.length > 0 &&
        h(
          "details",
          {},
          h("summary", {}, plural(candidates.length, "idea")),
          h(
            "ul",
            { class: "notes" },
            ...candidates.map(({ idea, addedDate }) => h("li", {}, `${idea} (since ${addedDate})`)),
          ),
        ),
    );
  });
  return parts.length === 0 ? [h("p", { class: "caption" }, "Nothing was believed by then")] : parts;
}

function claimItem(
  { claim, state, by }: JudgedClaim,
  hrefs: ReadonlyMap<string, string>,
): HTMLElement {
  const link = (id: string): HTMLElement => claimLink(id, hrefs);
  return h(
    "li",
    { class: state === "live" ? undefined : "dead" },
    link(claim.id),
    " ",
    state !== "live" && pill(state, STATES[state]),
    " ",
    h("span", { class: "text" }, claim.text),
    claim.conditions !== undefined && h("small", {}, ` (${claim.conditions})`),
    by.length > 0 &&
      h("small", {}, ", by ", ...by.flatMap((id, index) => index === 0 ? [link(id)] : [", ", link(id)])),
  );
}

function claimLink(id: string, hrefs: ReadonlyMap<string, string>): HTMLElement {
  const href = hrefs.get(id.split(".", 1)[0]!);
  return href === undefined ? h("span", {}, id) : h("a", { href: `${href}#claim-${id}` }, id);
}
