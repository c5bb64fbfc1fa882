import type { RunView } from "../../pages/view.ts";
import { swatch } from "../badges.ts";
import { h } from "../dom.ts";
import type { RunChoices } from "./run_choices.ts";

/** One filter for the whole page: matrix and charts show the databases that are pressed. */
export function adapterFilter({ adapters }: RunView, choices: RunChoices): HTMLElement | undefined {
  if (adapters.length < 2) return undefined;
  const names = adapters.map(({ name }) => name);
  const count = h("small", {});
  const buttons = adapters.map(({ name }, index) => {
    const button = h("button", { type: "button", class: "choice-chip" }, swatch(name, index));
    button.addEventListener("click", () => choices.toggle("hide", name, !choices.of("hide").includes(name)));
    return button;
  });
  const all = h("button", { type: "button" }, "all");
  const none = h("button", { type: "button" }, "none");
  all.addEventListener("click", () => choices.set("hide", []));
  none.addEventListener("click", () => choices.set("hide", names));
  const show = (): void => {
    const hidden = choices.of("hide");
    const shown = names.filter((name) => !hidden.includes(name)).length;
    count.textContent = ` ${shown} of ${names.length} shown in the matrix and in all charts`;
    for (const [index, button] of buttons.entries()) {
      button.setAttribute("aria-pressed", String(!hidden.includes(names[index]!)));
    }
  };
  choices.listen("hide", show);
  show();
  return h(
    "details",
    { class: "adapter-filter" },
    h("summary", {}, h("b", {}, "Databases"), count),
    h(
      "div",
      { class: "choice-chips", role: "group", "aria-label": "Databases that are shown" },
      all,
      none,
      ...buttons,
    ),
  );
}
