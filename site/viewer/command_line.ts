import { h } from "./dom.ts";

/** A command as it is typed where the page was made: in somebody's project there are no tasks of ours. */
export function typedCommand(command: string): string {
  const { program } = document.documentElement.dataset;
  return program === undefined ? command : command.replace(/^deno task /, () => `${program} `);
}

/** A command, given as a task, with a button that copies it. */
export function commandLine(task: string): HTMLElement {
  const command = typedCommand(task);
  const button = h("button", { type: "button" }, "Copy");
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(command).then(
      () => button.textContent = "Copied",
      () => button.textContent = "Select it by hand",
    );
  });
  return h("div", { class: "command" }, h("pre", { tabindex: "0" }, h("code", {}, command)), button);
}
