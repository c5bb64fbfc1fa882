/** Places in JSON documents: how they are written, and the line that they are on. */

/** Keys and indexes from the root down. */
export type JsonPath = readonly (string | number)[];

/** `directions[0].keyPriors`; keys that are no plain words are quoted: `experiments["127"]`. */
export function jsonPathText(path: JsonPath): string {
  return path.map((step, index) => {
    if (typeof step === "number") return `[${step}]`;
    if (!/^[A-Za-z_]\w*$/.test(step)) return `[${JSON.stringify(step)}]`;
    return index === 0 ? step : `.${step}`;
  }).join("");
}

/**
 * The line, counted from 1, on which the value at `path` begins; where the path leaves the document, that of the
 * deepest value on the way. `text` must be JSON that parses. O(text.length).
 */
export function jsonLine(text: string, path: JsonPath): number {
  const offset = new Scanner(text).find(path);
  let line = 1;
  for (
    let index = text.indexOf("\n");
    index !== -1 && index < offset;
    index = text.indexOf("\n", index + 1)
  ) {
    line++;
  }
  return line;
}

class Scanner {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Offset of the value that the path leads to, as far as it goes. */
  find(path: JsonPath): number {
    this.#take(/\s*/y);
    const here = this.#offset;
    const [step, ...rest] = path;
    if (step === undefined) return here;
    if (typeof step === "string" && this.#text[here] === "{") {
      return this.#findMember(step, rest) ?? here;
    }
    if (typeof step === "number" && this.#text[here] === "[") {
      return this.#findItem(step, rest) ?? here;
    }
    return here;
  }

  #findMember(key: string, rest: JsonPath): number | undefined {
    this.#take(/\{\s*/y);
    while (this.#text[this.#offset] === '"') {
      const found = JSON.parse(this.#take(/"(?:[^"\\]|\\.)*"/y)) as string;
      this.#take(/\s*:\s*/y);
      if (found === key) return this.find(rest);
      this.#skipValue();
      this.#take(/\s*,?\s*/y);
    }
    return undefined;
  }

  #findItem(index: number, rest: JsonPath): number | undefined {
    this.#take(/\[\s*/y);
    for (let at = 0; this.#offset < this.#text.length && this.#text[this.#offset] !== "]"; at++) {
      if (at === index) return this.find(rest);
      this.#skipValue();
      this.#take(/\s*,?\s*/y);
    }
    return undefined;
  }

  #skipValue(): void {
    let depth = 0;
    do {
      const token = this.#take(/"(?:[^"\\]|\\.)*"|[[\]{}]|[^"[\]{}]+/y, depth === 0);
      if (token === "{" || token === "[") depth++;
      else if (token === "}" || token === "]") depth--;
    } while (depth > 0 && this.#offset < this.#text.length);
  }

  /** Takes what the pattern matches here. A scalar at depth 0 ends at the next comma or bracket. */
  #take(pattern: RegExp, asScalar = false): string {
    const actual = asScalar && !/["[{]/.test(this.#text[this.#offset] ?? "") ? /[^,\]}\s]*/y : pattern;
    actual.lastIndex = this.#offset;
    const token = actual.exec(this.#text)?.[0] ?? "";
    this.#offset += token.length;
    return token;
  }
}
