/**
 * Scenarios of values: each kind of value is written and batched, read, watched, looked for as an argument and, where it
 * can be one, used as a key. What a database refuses is not held against it; what it keeps must be what was written.
 */
import type { Row, Value } from "../model/value.ts";
import { expectRows, sameRows, shown } from "./expect.ts";
import type { Recorder } from "./recorder.ts";
import { NEEDS, NotApplicable, type Scenario, type Stage } from "./scenario.ts";
import {
  BLOB_PLACE,
  INTEGER_KEY,
  INTEGER_PLACE,
  type KeyPlace,
  type Place,
  REAL_PLACE,
  TEXT_KEY,
  TEXT_PLACE,
} from "./value_places.ts";

interface Kind {
  readonly key: string;
  readonly samples: readonly Value[];
  readonly place: Place;
  readonly keyPlace?: KeyPlace;
  readonly needs?: Scenario["needs"];
  /** What may come back instead, wherever the value is used. Default is the value only. */
  readonly mayBecome?: (value: Value) => Value;
}

/** No sample; the column of integers takes no NULL. */
const ANOTHER_INTEGER = 12_345;
const LONG = "long text, ".repeat(9_000);

const KINDS: readonly Kind[] = [
  {
    key: "values/text-with-zero-character",
    samples: ["\0", "a\0b", "\0a", "a\0", "a\0\0b", "a"],
    place: TEXT_PLACE,
    keyPlace: TEXT_KEY,
  },
  {
    key: "values/text-with-byte-order-mark",
    samples: ["\uFEFF", "\uFEFFa", "a\uFEFFb", "a\uFEFF", "a", "ab"],
    place: TEXT_PLACE,
    keyPlace: TEXT_KEY,
  },
  {
    key: "values/text-with-lone-surrogates",
    samples: ["a\uD83D", "\uDC69b", "c\uDC69\uD83D"],
    place: TEXT_PLACE,
    keyPlace: TEXT_KEY,
    // No encoding of Unicode has them: to replace them, as the web does, is not to lose text.
    mayBecome: (value) => typeof value === "string" ? value.toWellFormed() : value,
  },
  { key: "values/text-that-is-long", samples: [LONG, `${LONG}.`, `${LONG}!`], place: TEXT_PLACE },
  {
    key: "values/text-that-is-a-long-key",
    samples: ["x".repeat(2_000), `${"x".repeat(1_999)}y`],
    place: TEXT_PLACE,
    keyPlace: TEXT_KEY,
  },
  {
    key: "values/text-that-looks-like-something-else",
    samples: ['{"a":[1,null,"x"]}', "[]", '"quoted"', "null", "true", "1e3", "007", "-0", "0x10", "NaN"]
      .concat("undefined", "2026-11-28T00:00:00.000Z", "  padded  ", "%", "_", "'; --", "\\u0041", "e\u0301"),
    place: TEXT_PLACE,
    keyPlace: TEXT_KEY,
  },
  {
    key: "values/integers-beyond-safe-range",
    samples: [2n ** 53n, 2n ** 53n + 1n, 2n ** 53n + 2n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)],
    place: INTEGER_PLACE,
    keyPlace: INTEGER_KEY,
  },
  {
    key: "values/integers-everywhere",
    samples: [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 1, 253402300800000, Number.MAX_SAFE_INTEGER]
      .concat(Number.MIN_SAFE_INTEGER),
    place: INTEGER_PLACE,
    keyPlace: INTEGER_KEY,
  },
  { key: "values/null-everywhere", samples: [null], place: TEXT_PLACE },
  {
    key: "values/real-everywhere",
    samples: [0.1, 0.1 + 0.2, 1 / 3, -2.5, 1e-300, 1.7976931348623157e308, 5e-324, 9007199254740993.5, 1, 0],
    place: REAL_PLACE,
    needs: ["real"],
  },
  {
    key: "values/blob-everywhere",
    samples: [
      new Uint8Array(),
      Uint8Array.of(0),
      Uint8Array.of(1, 0, 2),
      Uint8Array.from({ length: 256 }, (_, index) => index),
      new Uint8Array(70_000).fill(0xfe),
    ],
    place: BLOB_PLACE,
    needs: ["blob"],
  },
];

/** See {@link Scenario}. */
export const VALUE_SCENARIOS: readonly Scenario[] = KINDS.map((kind) => ({
  key: kind.key,
  needs: kind.needs ?? [],
  run: (stage) => new ValueTrial(stage, kind).run(),
}));

/** One kind of values against one database. */
class ValueTrial {
  readonly #stage: Stage;
  readonly #kind: Kind;

  constructor(stage: Stage, kind: Kind) {
    this.#stage = stage;
    this.#kind = kind;
  }

  async run(): Promise<void> {
    const accepted = await this.#write();
    if (accepted.length === 0) throw new NotApplicable("The database refuses such values");
    await this.#readByKey(accepted);
    const findable = await this.#readByValue(accepted);
    await this.#batch(accepted);
    if (NEEDS.watch.has(this.#stage.capabilities)) {
      await this.#watchRow(accepted);
      await this.#watchLists(accepted, findable);
    }
    if (this.#kind.keyPlace !== undefined) await this.#useAsKeys(accepted, this.#kind.keyPlace);
  }

  /** Writes each value into a row of its own; answers those that were not refused, with their keys. */
  async #write(): Promise<Accepted[]> {
    const { samples, place } = this.#kind;
    const { session } = this.#stage;
    const accepted: Accepted[] = [];
    for (const [index, value] of samples.entries()) {
      const key = place.keyOf(index);
      const args = place.argsOf(key, value);
      if (await isRefused(() => session.write(place.add, args))) continue;
      // Some keep what they cannot give back, and say so when they are asked for it.
      if (await isRefused(() => session.read(place.byKey, [key]))) {
        await session.write(place.remove, [key]);
        continue;
      }
      accepted.push({ key, value });
    }
    return accepted;
  }

  async #readByKey(accepted: readonly Accepted[]): Promise<void> {
    const { session } = this.#stage;
    for (const { key, value } of accepted) {
      const rows = await session.read(this.#kind.place.byKey, [key]);
      this.#expect(rows, key, value, "read");
    }
  }

  /** Looks for rows by each value; answers those that were not refused as an argument. */
  async #readByValue(accepted: readonly Accepted[]): Promise<readonly Accepted[]> {
    const { place } = this.#kind;
    const findable: Accepted[] = [];
    for (const one of accepted) {
      let rows: readonly Row[] = [];
      const find = async () => void (rows = await this.#stage.session.read(place.byValue, [one.value]));
      if (await isRefused(find)) continue;
      findable.push(one);
      expectRows(
        rows,
        this.#keysOf(accepted, one.value),
        `Rows found by ${textOf(one.value)} as an argument`,
      );
    }
    return findable;
  }

  /** The same values into the same rows, in the other order and at once. */
  async #batch(accepted: readonly Accepted[]): Promise<void> {
    const { session } = this.#stage;
    const { place } = this.#kind;
    const turned = accepted.map(({ key }, index) => ({ key, value: accepted.at(-1 - index)!.value }));
    await session.batch(place.set, turned.map(({ key, value }) => this.#setArgs(value, key)));
    for (const { key, value } of turned) {
      this.#expect(await session.read(place.byKey, [key]), key, value, "read after a batch");
    }
    await session.batch(place.set, accepted.map(({ key, value }) => this.#setArgs(value, key)));
    await this.#readByKey(accepted);
  }

  async #watchRow(accepted: readonly Accepted[]): Promise<void> {
    const { session, watch } = this.#stage;
    const { place } = this.#kind;
    const [first] = accepted;
    const row = await watch(place.byKey, [first!.key]);
    for (const { value } of [...accepted, first!]) {
      await session.write(place.set, this.#setArgs(value, first!.key));
      await this.#untilShown(row, first!.key, value);
    }
    await row.close();
  }

  async #watchLists(accepted: readonly Accepted[], findable: readonly Accepted[]): Promise<void> {
    const { session, watch } = this.#stage;
    const { place } = this.#kind;
    const lists: Recorder[] = [];
    for (const { value } of findable) lists.push(await watch(place.byValue, [value]));
    for (const [index, { key, value }] of findable.entries()) {
      const others = accepted.filter((other) => other.key !== key);
      await lists[index]!.untilLast(
        this.#keysOf(accepted, value),
        `Rows watched by ${textOf(value)} as an argument`,
      );
      await session.write(place.set, this.#setArgs(place === INTEGER_PLACE ? ANOTHER_INTEGER : null, key));
      await lists[index]!.untilLast(
        this.#keysOf(others, value),
        `Rows watched by ${textOf(value)} after one left`,
      );
      await session.write(place.set, this.#setArgs(value, key));
      await lists[index]!.untilLast(
        this.#keysOf(accepted, value),
        `Rows watched by ${textOf(value)} after it came back`,
      );
    }
    for (const list of lists) await list.close();
  }

  async #useAsKeys(accepted: readonly Accepted[], place: KeyPlace): Promise<void> {
    const { session, watch, capabilities } = this.#stage;
    const values = accepted.map(({ value }) => value);
    const kept: Value[] = [];
    for (const value of values) {
      // A key may be an entry of an index, which holds less than a column: to refuse is honest.
      if (await isRefused(() => session.write(place.add, place.argsOf(value)))) continue;
      if (await isRefused(() => session.read(place.byKey, [value]))) {
        await session.write(place.remove, [value]);
      } else kept.push(value);
    }
    for (const value of kept) {
      this.#expectKey(
        await session.read(place.byKey, [value]),
        place,
        value,
        false,
        "A row by its key",
      );
    }
    for (const value of kept) {
      const what = `A row watched by its key ${textOf(value)}`;
      const recorder = NEEDS.watch.has(capabilities) ? await watch(place.byKey, [value]) : undefined;
      await session.write(place.set, place.setArgsOf(value));
      this.#expectKey(await session.read(place.byKey, [value]), place, value, true, "A changed row");
      await recorder?.until(
        () => recorder.last !== undefined && this.#isKeyRow(recorder.last, place, value, true),
        () => `${what}: expected the changed row, got ${shown(recorder.last)}`,
      );
      await session.batch(place.remove, [[value]]);
      expectRows(await session.read(place.byKey, [value]), [], "A row by its key after it was deleted");
      await recorder?.untilLast([], `${what}, after it was deleted`);
      await recorder?.close();
    }
    await this.#readByKey(accepted);
  }

  #setArgs(value: Value, key: Value): readonly Value[] {
    return this.#kind.place === INTEGER_PLACE ? [null, value, key] : [value, key];
  }

  /** The keys of rows that hold the value; nothing is equal to NULL. */
  #keysOf(accepted: readonly Accepted[], value: Value): Row[] {
    const { place } = this.#kind;
    return accepted.filter((other) => value !== null && other.value === value)
      .map(({ key }) => ({ [place.key]: key }));
  }

  #expect(rows: readonly Row[], key: Value, value: Value, how: string): void {
    if (this.#isShown(rows, key, value)) return;
    throw new Error(`${textOf(value)} ${how}: got ${shown(rows)}`);
  }

  async #untilShown(recorder: Recorder, key: Value, value: Value): Promise<void> {
    await recorder.until(
      () => recorder.last !== undefined && this.#isShown(recorder.last, key, value),
      () => `${textOf(value)} watched: got ${shown(recorder.last)}`,
    );
  }

  #isShown(rows: readonly Row[], key: Value, value: Value): boolean {
    const { place } = this.#kind;
    const [row] = rows;
    if (rows.length !== 1 || row![place.key] !== key) return false;
    return this.#forms(value).some((form) =>
      sameRows([{ value: row![place.column]! }], [{ value: form }]) &&
      typeof row![place.column] === typeof form
    );
  }

  #expectKey(rows: readonly Row[], place: KeyPlace, key: Value, isChanged: boolean, what: string): void {
    if (this.#isKeyRow(rows, place, key, isChanged)) return;
    throw new Error(`${what}, ${textOf(key)}: got ${shown(rows)}`);
  }

  #isKeyRow(rows: readonly Row[], place: KeyPlace, key: Value, isChanged: boolean): boolean {
    return this.#forms(key).some((form) => sameRows(rows, [place.rowOf(form, isChanged)]));
  }

  #forms(value: Value): readonly Value[] {
    const { mayBecome } = this.#kind;
    // An integer that a number holds exactly may come as either.
    const own = typeof value === "bigint" && BigInt(Number(value)) === value
      ? [value, Number(value)]
      : [value];
    return mayBecome === undefined ? own : [...own, mayBecome(value)];
  }
}

/** A value that a database took, and the key of its row. */
interface Accepted {
  readonly key: Value;
  readonly value: Value;
}

async function isRefused(act: () => unknown): Promise<boolean> {
  try {
    await act();
    return false;
  } catch {
    return true;
  }
}

function textOf(value: Value): string {
  if (typeof value === "string") {
    const text = JSON.stringify(value);
    return text.length <= 60 ? `The text ${text}` : `A text of ${value.length} characters`;
  }
  if (value instanceof Uint8Array) return `A blob of ${value.length} bytes`;
  return value === null ? "NULL" : `The number ${value}`;
}
