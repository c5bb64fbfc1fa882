/** What the newest run said of each name, whatever the order in which runs come. */
export class NewestTexts {
  readonly #said = new Map<string, { readonly startedAt: string; readonly text: string | undefined }>();

  /** A run that began then says this of a name; `undefined` is that there is nothing to say. */
  add(name: string, startedAt: string, text: string | undefined): void {
    const known = this.#said.get(name);
    if (known === undefined || known.startedAt <= startedAt) this.#said.set(name, { startedAt, text });
  }

  /** See {@link NewestTexts.add}. */
  of(name: string): string | undefined {
    return this.#said.get(name)?.text;
  }
}

/** The member of a view, absent where there is nothing to say. */
export function wrongInOf(text: string | undefined): { readonly wrongIn?: string } {
  return text === undefined ? {} : { wrongIn: text };
}
