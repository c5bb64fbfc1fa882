/** Machines side by side: what they are, and how soon every cell was done on each, newest run first. */
import { eachPoint, type Point, type RunPoints } from "./run_points.ts";
import { machineTitle } from "./history.ts";
import { LaneOrder } from "./lane_order.ts";
import { NewestTexts, wrongInOf } from "./newest_texts.ts";
import type { RunLine } from "./view.ts";

/** One machine. */
export interface DeviceView {
  /** How pages name it. */
  readonly title: string;
  /** Rows of the environment of its newest run. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** How many runs it has. */
  readonly runCount: number;
  /** Label, address and start of its newest run. */
  readonly newest: { readonly label: string; readonly href: string; readonly startedAt: string };
}

/** One row: a cell's phase. */
export interface DeviceRow {
  /** Workload, version and scale. */
  readonly lane: string;
  /** Name of the phase. */
  readonly phase: string;
  /** Adapter with its options. */
  readonly name: string;
  /** What the adapter was known to get wrong in its newest run; absent where nothing is known. */
  readonly wrongIn?: string;
  /** Median, lower and upper end on each device, by its index; `null` where it was never measured. */
  readonly spans: readonly (readonly [median: number, lower: number, upper: number] | null)[];
}

/** The data of the devices page. */
export interface DevicesView {
  /** Which page this is the data of. */
  readonly page: "devices";
  /** Devices with the newest run first. */
  readonly devices: readonly DeviceView[];
  /** By workload, in the order of {@link LaneOrder}. */
  readonly rows: readonly DeviceRow[];
}

/** A leading number and when it was measured. */
interface Span {
  readonly startedAt: string;
  readonly point: Point;
}

/** Collects runs in any order. */
export class DevicesBuilder {
  readonly #devices = new Map<string, DeviceView>();
  readonly #rows = new Map<
    string,
    { lane: string; phase: string; name: string; spans: Map<string, Span> }
  >();
  /** By name of the adapter. */
  readonly #wrongIn = new NewestTexts();
  readonly #order = new LaneOrder();

  /** Adds a run; a newer value of a cell takes the place of an older one. */
  addRun(line: RunLine, points: RunPoints): void {
    const { label, href, startedAt } = line;
    const { machineId, environment, keys, cells, lead } = points;
    const known = this.#devices.get(machineId);
    const runCount = (known?.runCount ?? 0) + 1;
    this.#devices.set(
      machineId,
      known !== undefined && known.newest.startedAt > startedAt ? { ...known, runCount } : {
        title: machineTitle(machineId),
        environment,
        runCount,
        newest: { label, href, startedAt },
      },
    );
    const phases = new Map(keys.flatMap((key) => {
      // Nearly all keys are of other metrics, and parsing is what takes the time.
      if (!key.includes(lead)) return [];
      const [phase, label, metric] = JSON.parse(key) as [string, string, string];
      return metric === lead && label === "" ? [[key, phase] as const] : [];
    }));
    this.#order.addRun(line, cells.map(({ lane }) => lane));
    for (const cell of cells) {
      const { lane, name, wrongIn } = cell;
      this.#wrongIn.add(name, startedAt, wrongIn);
      eachPoint(points, cell, (key, point) => {
        const phase = phases.get(key);
        if (phase === undefined) return;
        const id = JSON.stringify([lane, phase, name]);
        let row = this.#rows.get(id);
        if (row === undefined) {
          row = { lane, phase, name, spans: new Map() };
          this.#rows.set(id, row);
        }
        const span = row.spans.get(machineId);
        if (span === undefined || span.startedAt <= startedAt) row.spans.set(machineId, { startedAt, point });
      });
    }
  }

  /** The page. */
  view(): DevicesView {
    const ids = [...this.#devices.keys()].sort((a, b) => {
      const [first, second] = [
        this.#devices.get(a)!.newest.startedAt,
        this.#devices.get(b)!.newest.startedAt,
      ];
      return first < second ? 1 : first > second ? -1 : 0;
    });
    const places = this.#order.places();
    const rows = [...this.#rows.values()].sort((a, b) => places.get(a.lane)! - places.get(b.lane)!);
    return {
      page: "devices",
      devices: ids.map((id) => this.#devices.get(id)!),
      rows: rows.map(({ spans, ...row }) => ({
        ...row,
        ...wrongInOf(this.#wrongIn.of(row.name)),
        spans: ids.map((id) => spans.get(id)?.point ?? null),
      })),
    };
  }
}
