/** Lines of a child's own output that are kept. */
export const OUTPUT_LINES_KEPT = 20;
/** A child that prints more than this is stopped. */
export const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;
const LINE_KEPT_CHARS = 400;

/** The end of what a child printed on both streams, bounded in lines and in length. */
export class OutputTail {
  readonly lines: string[] = [];
  lineCount = 0;
  #byteCount = 0;
  readonly #unfinished = { stdout: new LineStart(), stderr: new LineStart() };
  readonly #onFlood: () => void;

  /** `onFlood` is called for every chunk beyond {@link OUTPUT_LIMIT_BYTES}. */
  constructor(onFlood: () => void) {
    this.#onFlood = onFlood;
  }

  /** Takes a chunk of one of the streams. */
  take(chunk: Uint8Array, stream: "stdout" | "stderr"): void {
    this.#byteCount += chunk.byteLength;
    if (this.#byteCount > OUTPUT_LIMIT_BYTES) return this.#onFlood();
    for (const line of this.#unfinished[stream].take(chunk)) this.#add(line);
  }

  /** Nothing comes any more: what has no line end is a line, too. */
  end(): void {
    for (const start of Object.values(this.#unfinished)) this.#add(start.rest());
  }

  #add(line: string): void {
    if (line.trim() === "") return;
    this.lineCount += 1;
    this.lines.push(line.length > LINE_KEPT_CHARS ? `${line.slice(0, LINE_KEPT_CHARS)}...` : line);
    if (this.lines.length > OUTPUT_LINES_KEPT) this.lines.shift();
  }
}

/** Text that waits for its line end. */
class LineStart {
  readonly #decoder = new TextDecoder();
  #text = "";

  take(chunk: Uint8Array): string[] {
    const lines = (this.#text + this.#decoder.decode(chunk, { stream: true })).split(/\r?\n/);
    this.#text = lines.pop()!;
    return lines;
  }

  rest(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }
}
