/** What a reader of a run's page has chosen: metric, adapters, what is unfolded. It stands in the address. */
import { addressChoices, addressPlace, writeAddress } from "../address.ts";

/**
 * What can be chosen. `hide`: names of adapters; `open`: ids of parts; `timelines`: ids of their buttons; `figures`: what
 * single figures are about, by their ids.
 */
export type RunChoice = "metric" | "hide" | "open" | "timelines" | "figures";

const CHOICES: readonly RunChoice[] = ["metric", "hide", "open", "timelines", "figures"];

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

  /** What was chosen in a figure; `undefined` where nothing was. */
  figure(id: string): string | undefined {
    const entry = this.of("figures").find((one) => one.startsWith(`${id}.`));
    return entry === undefined ? undefined : decoded(entry.slice(id.length + 1));
  }

  /** Chooses something in a figure; an empty value takes the choice back. Ids have no dot. */
  setFigure(id: string, value: string): void {
    const others = this.of("figures").filter((one) => !one.startsWith(`${id}.`));
    this.set("figures", value === "" ? others : [...others, `${id}.${encoded(value)}`]);
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

/** Values stand between tildes in the address. */
function encoded(value: string): string {
  return encodeURIComponent(value).replaceAll("~", "%7E");
}

/** Whoever types an address may type anything. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
