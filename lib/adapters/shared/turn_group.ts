/** What is asked for in one turn of the event loop, done together: batching on the writer's side. */
import { setImmediate } from "node:timers";

/** Gathers items until the turn is over, then hands all of them over at once. */
export class TurnGroup<T> {
  readonly #run: (items: readonly T[]) => Promise<void>;
  #waiting: { readonly items: T[]; readonly done: Promise<void> } | undefined;

  /** `run` gets the items of a turn in order; what it rejects with, each of them is told. */
  constructor(run: (items: readonly T[]) => Promise<void>) {
    this.#run = run;
  }

  /** Resolves when the group of the item was run. */
  add(item: T): Promise<void> {
    this.#waiting ??= this.#begin();
    this.#waiting.items.push(item);
    return this.#waiting.done;
  }

  #begin(): { items: T[]; done: Promise<void> } {
    const items: T[] = [];
    const done = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#waiting = undefined;
      return this.#run(items);
    });
    return { items, done };
  }
}
