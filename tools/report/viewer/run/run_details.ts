/**
 * What the page of a large run does not carry: a file beside it, loaded when somebody gets to a place that needs it.
 */
import type { RunPageData } from "../../../../lib/report/html/run_page_data.ts";
import type { RunView } from "../../../../lib/report/html/view.ts";
import { h } from "../dom.ts";
import { inflateJson } from "../page_data.ts";
import { runViewOf } from "../run_view_of.ts";
import { loadScriptFile } from "../script_file.ts";

/** How near a place may come, in pixels, before its content is loaded. */
const NEAR = "800px";

/** The rest of a page that carries its head only. */
export class RunDetails {
  readonly #file: string;
  readonly #onLoaded: (view: RunView) => void;
  readonly #observer: IntersectionObserver;
  readonly #places: HTMLElement[] = [];
  #isLoading = false;

  /** `onLoaded` is called once, with the whole view. */
  constructor(file: string, onLoaded: (view: RunView) => void) {
    this.#file = file;
    this.#onLoaded = onLoaded;
    this.#observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.load();
    }, { rootMargin: NEAR });
  }

  /** Stands where something is left out; coming near it, or pressing it, loads everything. */
  place(what: string): HTMLElement {
    const button = h("button", { type: "button" }, `Show ${what}`);
    button.addEventListener("click", () => this.load());
    const place = h("p", { class: "later" }, button);
    this.#places.push(place);
    this.#observer.observe(place);
    return place;
  }

  /** Loads everything; a file that is not there is told in every place. */
  load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    this.#observer.disconnect();
    loadScriptFile<string>(this.#file, "watchbenchDetails")
      .then((base64) => inflateJson<RunPageData>(base64))
      .then((data) => this.#onLoaded(runViewOf(data)))
      .catch((error: unknown) => {
        for (const place of this.#places) {
          place.replaceChildren(h("span", { class: "trouble bad", role: "alert" }, String(error)));
        }
      });
  }
}
