/**
 * Results and errors on their way to subscribers: who is told what, in the order of their subscription.
 *
 * @module
 */

import type { Counters } from "../counters.ts";
import type { StreamEntry, Subscriber } from "./entry.ts";

/** One call of one subscriber. */
export interface Emission {
  readonly subscriber: Subscriber;
  tell(): void;
}

/** Gathers what is to be told, and tells it. */
export class Delivery {
  readonly #counters: Counters;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  /** Tells a newcomer what the stream shows; nothing when it has been told anything, or there is nothing. */
  prime(entry: StreamEntry, subscriber: Subscriber): void {
    if (!subscriber.active || subscriber.primed || (entry.rows === null && entry.error === null)) return;
    subscriber.primed = true;
    this.#counters.add("emit_count", 1);
    guard(() => entry.error !== null ? subscriber.error(entry.error) : subscriber.rows(entry.rows!));
  }

  /** What to tell all subscribers; newcomers only when `seq` is not too old to be their first result. */
  collect(
    entry: StreamEntry,
    seq: number,
    tell: (subscriber: Subscriber) => void,
    emissions: Emission[],
  ): void {
    for (const subscriber of entry.subscribers) {
      if (!subscriber.active || !subscriber.primed) continue;
      emissions.push({
        subscriber,
        tell: () => {
          this.#counters.add("emit_count", 1);
          guard(() => tell(subscriber));
        },
      });
    }
    this.welcome(entry, seq, emissions);
  }

  /** Newcomers are told even what nobody else hears again: that nothing has changed, or the same error. */
  welcome(entry: StreamEntry, seq: number, emissions: Emission[]): void {
    for (const subscriber of entry.subscribers) {
      if (subscriber.primed || seq < subscriber.firstSeq) continue;
      emissions.push({ subscriber, tell: () => this.prime(entry, subscriber) });
    }
  }

  /** Tells all of it, to whoever is still subscribed. */
  deliver(emissions: Emission[]): void {
    const startedMs = this.#counters.enabled ? performance.now() : 0;
    emissions.sort((one, other) => one.subscriber.order - other.subscriber.order);
    for (const { subscriber, tell } of emissions) if (subscriber.active) tell();
    if (this.#counters.enabled) this.#counters.add("emit_us", (performance.now() - startedMs) * 1000);
  }
}

/** A listener that throws must neither stop the others nor be silent: its error becomes an uncaught one. */
function guard(call: () => void): void {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
