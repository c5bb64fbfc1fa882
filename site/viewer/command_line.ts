import { h } from "./dom.ts";

/** A command with a button that copies it. */
export function commandLine(command: string): HTMLElement {
  const button = h("button", { type: "button" }, "Copy");
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(command).then(
      () => button.textContent = "Copied",
      () => button.textContent = "Select it by hand",
    );
  });
  return h("div", { class: "command" }, h("pre", { tabindex: "0" }, h("code", {}, command)), button);
}
