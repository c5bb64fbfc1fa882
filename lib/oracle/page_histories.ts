/** What the live queries of pages had to show while their page was open. */
import type { Moment } from "./state_sequence.ts";
import type { View } from "./view.ts";

/** One live query of a page. */
export interface PageHistory {
  readonly view: View;
  /** The state when it was opened, then one for each commit that changed it while it was open. */
  readonly moments: Moment[];
}

/** The pages of one phase, one after the other. */
export class PageHistories {
  readonly #all: PageHistory[] = [];
  #open = new Map<View, Moment[][]>();
  #openCount = 0;

  /** Leaves the page that is open, and opens one with these live queries; `operation` is the index of who did that. */
  turnTo(views: readonly View[], operation: number): void {
    this.#open = new Map();
    this.#openCount = views.length;
    for (const view of views) {
      const moments: Moment[] = [{ state: view.state(), operation }];
      this.#all.push({ view, moments });
      const own = this.#open.get(view);
      if (own === undefined) this.#open.set(view, [moments]);
      else own.push(moments);
    }
  }

  /** Histories of a view on the page that is open. */
  of(view: View): readonly Moment[][] {
    return this.#open.get(view) ?? NONE;
  }

  /** Of every page, in the order in which they were opened. */
  get all(): readonly PageHistory[] {
    return this.#all;
  }

  /** How many of them were closed again: all but those of the last page. */
  get leftCount(): number {
    return this.#all.length - this.#openCount;
  }
}

const NONE: readonly Moment[][] = [];
