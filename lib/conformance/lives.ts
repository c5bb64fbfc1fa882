/** Histories of writes that are broken off: one process each, on what the one before has left. */
import { DartRandom } from "../dataset/mod.ts";
import type { WriteStatement } from "../model/statement.ts";
import type { Args, Value } from "../model/value.ts";
import type { Life, LifeEnding, Write } from "../runner/survival.ts";
import * as db from "./fixtures.ts";

const WRITES_PER_LIFE = 120;
/** Keys that a life may give. */
const KEYS_PER_LIFE = 10_000;
const CITIES: readonly Value[] = ["Rome", "Oslo", null];
const ITEM_COUNT = 30;
/** A kill while the writes go on comes at most so much later than an acknowledgement. */
const LATEST_KILL_MS = 5;

/**
 * Three lives: a kill while the thread stands still behind an acknowledgement, one while it goes on, and a close. A seed
 * gives the same writes and the same moments.
 */
export function drawLives(seed: number): readonly Life[] {
  const random = new DartRandom(seed);
  const draw = (count: number) => random.nextInt(count);
  const afterWrite = () => 1 + draw(WRITES_PER_LIFE - 2);
  const endings: readonly LifeEnding[] = [
    { kind: "kill", afterWrite: afterWrite(), delay: "still" },
    { kind: "kill", afterWrite: afterWrite(), delay: draw(LATEST_KILL_MS) },
    { kind: "close" },
  ];
  return endings.map((ending, life) => ({ writes: new History(life, draw).writes(), ending }));
}

/** The writes of one life. Whatever an earlier life lost, each of them is allowed. */
class History {
  readonly #firstKey: number;
  readonly #draw: (count: number) => number;
  #keyCount = 0;

  constructor(life: number, draw: (count: number) => number) {
    this.#firstKey = 1 + life * KEYS_PER_LIFE;
    this.#draw = draw;
  }

  writes(): Write[] {
    return Array.from({ length: WRITES_PER_LIFE }, (_, index) => {
      // The first rows are there for what changes rows.
      if (index < 5 || this.#draw(4) === 0) return batch(db.addPerson, this.#list(20, () => this.#person()));
      return this.#change();
    });
  }

  #change(): Write {
    switch (this.#draw(9)) {
      case 0:
        return write(db.addPerson, this.#person());
      case 1:
        return write(db.renamePerson, [this.#text(), this.#knownKey()]);
      case 2:
        return write(db.rewardPerson, [this.#text(), this.#knownKey()]);
      case 3:
        return write(db.removePerson, [this.#knownKey()]);
      case 4:
        return write(db.addMessage, [this.#draw(3), this.#knownKey(), this.#draw(1000)]);
      case 5:
        return write(db.mergeItem, [this.#draw(ITEM_COUNT), this.#text()]);
      case 6:
        return write(db.replaceItem, [this.#draw(ITEM_COUNT), this.#text()]);
      case 7:
        return batch(
          db.movePerson,
          this.#list(8, () => [CITIES[this.#draw(CITIES.length)]!, this.#draw(100), this.#knownKey()]),
        );
      default:
        return batch(db.removePerson, this.#list(3, () => [this.#knownKey()]));
    }
  }

  #person(): Args {
    const key = this.#firstKey + this.#keyCount++;
    return [key, this.#text(), CITIES[this.#draw(CITIES.length)]!, this.#draw(100)];
  }

  /** A key that was given in this life; its row may be gone. */
  #knownKey(): number {
    return this.#firstKey + this.#draw(this.#keyCount);
  }

  #text(): string {
    return `text ${this.#draw(1_000_000)}`;
  }

  #list(most: number, make: () => Args): readonly Args[] {
    return Array.from({ length: 1 + this.#draw(most) }, make);
  }
}

function write(statement: WriteStatement, args: Args): Write {
  return { kind: "write", label: statement.kind, statement, args };
}

function batch(statement: WriteStatement, rows: readonly Args[]): Write {
  return { kind: "batch", label: statement.kind, statement, rows };
}
