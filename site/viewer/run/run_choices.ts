/** What a reader of a run's page has chosen: metric, adapters, what is unfolded. It stands in the address. */
import { addressChoices, addressPlace, writeAddress } from "../address.ts";

/** What can be chosen. `hide`: names of adapters; `open`: ids of parts; `timelines`: ids of their buttons. */
export type RunChoice = "metric" | "hide" | "open" | "timelines";

const CHOICES: readonly RunChoice[] = ["metric", "hide", "open", "timelines"];

/** The choices of one page. */
export class RunChoices {
  readonly #chosen = new Map<RunChoice, readonly string[]>();
  readonly #listeners = new Map<RunChoice, (() => void)[]>();
  readonly #followers: (() => void)[] = [];

  /** Reads the address. */
  constructor() {
    this.#read();
  }

  /** What is chosen now. */
  of(choice: RunChoice): readonly string[] {
    return this.#chosen.get(choice) ?? [];
  }

  /** Chooses, writes the address and tells whoever listens. */
  set(choice: RunChoice, values: readonly string[]): void {
    if (values.join("~") === this.of(choice).join("~")) return;
    this.#chosen.set(choice, values);
    this.#write();
    for (const listener of this.#listeners.get(choice) ?? []) listener();
  }

  /** Adds a value, or takes it away. */
  toggle(choice: RunChoice, value: string, isOn: boolean): void {
    const before = this.of(choice);
    if (before.includes(value) === isOn) return;
    this.set(choice, isOn ? [...before, value] : before.filter((one) => one !== value));
  }

  /** Calls `listener` whenever something else is chosen, by the page or by the address. */
  listen(choice: RunChoice, listener: () => void): void {
    this.#listeners.set(choice, [...this.#listeners.get(choice) ?? [], listener]);
  }

  /** Calls `listener` when the address has said something new, which the page did not write. */
  onFollow(listener: () => void): void {
    this.#followers.push(listener);
  }

  /** Takes over what the address says now. */
  follow(): void {
    const before = new Map(this.#chosen);
    this.#read();
    for (const choice of CHOICES) {
      if (this.of(choice).join("~") === (before.get(choice) ?? []).join("~")) continue;
      for (const listener of this.#listeners.get(choice) ?? []) listener();
    }
    for (const follower of this.#followers) follower();
  }

  #read(): void {
    const address = addressChoices();
    for (const choice of CHOICES) {
      this.#chosen.set(choice, (address.get(choice) ?? "").split("~").filter((one) => one !== ""));
    }
  }

  #write(): void {
    writeAddress({
      ...Object.fromEntries(CHOICES.map((choice) => [choice, this.of(choice).join("~")])),
      at: addressPlace(),
    });
  }
}
