import { labelledSelect } from "../dom.ts";
import type { RunChoices } from "./run_choices.ts";

/**
 * What one figure is about. The choice stands in the address under the figure's id; without one it is the first option.
 * `show` is called at once, and whenever something else is chosen, by the select or by the address.
 */
export function figureSelect(
  choices: RunChoices,
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  show: (value: string) => void,
): HTMLElement {
  const first = options[0]?.[0] ?? "";
  const chosen = (): string => {
    const value = choices.figure(id);
    return value !== undefined && options.some(([one]) => one === value) ? value : first;
  };
  let shown = chosen();
  const element = labelledSelect(
    label,
    options,
    shown,
    (value) => choices.setFigure(id, value === first ? "" : value),
  );
  choices.listen("figures", () => {
    // A filter draws figures anew, and those of before are told, too.
    if (!element.isConnected || chosen() === shown) return;
    shown = chosen();
    element.querySelector("select")!.value = shown;
    show(shown);
  });
  show(shown);
  return element;
}
