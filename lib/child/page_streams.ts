/** Live queries that come and go among the operations of a phase: pages that a user goes through. */
import type { Session, Subscription } from "../model/adapter.ts";
import type { AskedQuery } from "../protocol/player.ts";
import { append } from "../protocol/append.ts";
import { NumberColumn } from "./number_column.ts";
import type { StreamRecorder } from "./stream_recorder.ts";

/** What pages are opened with. */
export interface PageStage {
  readonly session: Session;
  readonly recorder: StreamRecorder;
  readonly nowNs: () => number;
}

/** The page that is open, and when each live query of every page was opened and closed. */
export class PageStreams {
  readonly #stage: PageStage;
  readonly #openedNs = new NumberColumn();
  readonly #closedNs = new NumberColumn();
  #open: Subscription[] = [];

  /** No page is open yet. */
  constructor(stage: PageStage) {
    this.#stage = stage;
  }

  /** Leaves the page that is open, and opens another; done when every call was answered. */
  async turnTo(watches: readonly AskedQuery[]): Promise<void> {
    const { session, recorder, nowNs } = this.#stage;
    await this.#leave(true);
    for (let index = 0; index < watches.length; index++) {
      const { query, args } = watches[index]!;
      this.#openedNs.add(nowNs());
      const observer = recorder.observer(watches[index]!, { isBrief: true });
      append(this.#open, await session.watch!(query, args, observer));
    }
  }

  /** Closes the last page when the phase is over; that it closed then is not noted. */
  async close(): Promise<void> {
    await this.#leave(false);
  }

  /** Before each call that opened a live query, in their order. */
  openedNs(): Float64Array {
    return this.#openedNs.toArray();
  }

  /** When each was closed, in the same order; those of the last page are not here. */
  closedNs(): Float64Array {
    return this.#closedNs.toArray();
  }

  async #leave(isNoted: boolean): Promise<void> {
    const left = this.#open;
    this.#open = [];
    for (let index = 0; index < left.length; index++) {
      await left[index]!.close();
      if (isNoted) this.#closedNs.add(this.#stage.nowNs());
    }
  }
}
