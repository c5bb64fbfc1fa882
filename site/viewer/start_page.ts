import { addressPlace } from "./address.ts";
import { h } from "./dom.ts";
import { reveal } from "./reveal.ts";
import { themeButton } from "./theme.ts";

/** Draws a page; what goes wrong is shown on it, since nobody looks at the console. */
export function startPage(draw: (main: HTMLElement) => Promise<void>): void {
  const main = document.querySelector("main")!;
  document.querySelector("header")?.append(themeButton());
  draw(main).then(
    () => {
      document.body.dataset["state"] = "drawn";
      // Parts did not exist when the browser looked for the fragment.
      reveal(addressPlace());
      addEventListener("hashchange", () => reveal(addressPlace()));
    },
    (error: unknown) => {
      document.body.dataset["state"] = "failed";
      main.append(
        h("p", { class: "trouble bad", role: "alert" }, `This page cannot be drawn: ${String(error)}`),
      );
      throw error;
    },
  );
}
