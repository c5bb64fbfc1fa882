import type { RunView } from "../../../../lib/report/html/view.ts";
import { h } from "../dom.ts";
import { part } from "../page_part.ts";

/** The commands that run it again. */
export function repeatPart(view: RunView): HTMLElement {
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
