import type { RunView } from "../../pages/view.ts";
import { commandLine } from "../command_line.ts";
import { h } from "../dom.ts";
import { foldedPart } from "../page_part.ts";

/** The commands that run it again. */
export function repeatPart(view: RunView): HTMLElement {
  return foldedPart("repeat", "Repeat it", [], [
    h(
      "p",
      {},
      `The same databases, workloads, seed and number of repetitions, with ${
        view.commands.length === 1 ? "this command" : "these commands"
      }:`,
    ),
    ...view.commands.map(commandLine),
  ]);
}
