/** Computed tables for an experiment's page. */
import type { OutcomeTable, Place, Quantity, Unit } from "../../model/mod.ts";
import { median, sortSamples } from "../../stats/mod.ts";
import type { Readings } from "./readings.ts";
import type { RoundWeather } from "./weather.ts";

/** One quantity of one arm. */
export interface ReadingRow {
  /** Name of the row. */
  readonly label: string;
  /** Name of the arm. */
  readonly arm: string;
  /** Where it is read. */
  readonly place: Place;
  /** What is read. */
  readonly quantity: Quantity;
}

/** A table of quantities with one unit. */
export interface ReadingTable {
  /** One line. */
  readonly title: string;
  /** How its numbers are written. */
  readonly unit: Unit;
  /** From top to bottom. */
  readonly rows: readonly ReadingRow[];
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** Up to this many rounds have a column each. */
const SHOWN_ROUND_COUNT = 6;

/** A row per quantity: each pass where there are few, then the median and the band. */
export function readingTable(
  readings: Readings,
  { title, unit, rows, notes = [] }: ReadingTable,
): OutcomeTable {
  const { rounds } = readings;
  const passes = rounds.length <= SHOWN_ROUND_COUNT ? rounds.map((_, index) => `pass ${index + 1}`) : [];
  return {
    title,
    columns: [
      { title: "what" },
      ...[...passes, "median", "lowest", "highest"].map((name) => ({ title: name, unit })),
    ],
    rows: rows.map(({ label, arm, ...what }) => {
      const values = readings.valuesOf(arm, what);
      const known = values.filter((value) => value !== undefined);
      const band = known.length === 0
        ? [null, null, null]
        : [median(sortSamples(known)), Math.min(...known), Math.max(...known)];
      return [label, ...passes.map((_, index) => values[index] ?? null), ...band];
    }),
    notes,
  };
}

/** Quantities of one arm at several places. */
export interface PlaceTable {
  /** One line. */
  readonly title: string;
  /** How its numbers are written. */
  readonly unit: Unit;
  /** Name of the arm. */
  readonly arm: string;
  /** From top to bottom, each with the name of its row. */
  readonly places: readonly (Place & { readonly name: string })[];
  /** From left to right, each with the heading of its column. */
  readonly quantities: readonly (readonly [title: string, quantity: Quantity])[];
  /** Sentences below the table. */
  readonly notes?: readonly string[];
}

/** A row per place, a column per quantity: medians over the rounds that count. */
export function placeTable(
  readings: Readings,
  { title, unit, arm, places, quantities, notes = [] }: PlaceTable,
): OutcomeTable {
  return {
    title,
    columns: [{ title: "workload" }, ...quantities.map(([name]) => ({ title: name, unit }))],
    rows: places.map(({ name, ...place }) => [
      name,
      ...quantities.map(([, quantity]) => {
        const known = readings.valuesOf(arm, { place, quantity }).filter((value) => value !== undefined);
        return known.length === 0 ? null : median(sortSamples(known));
      }),
    ]),
    notes,
  };
}

/** What a pair is, in a sentence. */
export function sidesText(blocksPerSide: number): string {
  return `A pair has ${blocksPerSide} fresh processes a side; a side's value is their median.`;
}

/** How the machine was while an experiment ran, and of how many blocks its pairs are made. */
export function weatherTable(weather: readonly RoundWeather[], blocksPerSide: number): OutcomeTable {
  const disturbed = weather.filter(({ disturbance }) => disturbance !== undefined);
  const row = (
    label: string,
    read: (round: RoundWeather) => number | undefined,
  ): (string | number | null)[] => {
    const known = weather.map(read).filter((value) => value !== undefined);
    if (known.length === 0) return [label, null, null, null];
    return [label, median(sortSamples(known)), Math.min(...known), Math.max(...known)];
  };
  const usual = weather.flatMap(({ driftNs }) => driftNs === undefined ? [] : [driftNs]);
  const middle = usual.length === 0 ? 1 : median(sortSamples(usual));
  return {
    title: "The machine during the run",
    columns: [
      { title: "per round" },
      ...["median", "lowest", "highest"].map((title) => ({ title, unit: "ratio" as const })),
    ],
    rows: [
      row("load average over one minute", ({ load1m }) => load1m),
      row("share of time in which a task waited for a CPU", ({ cpuPressureShare }) => cpuPressureShare),
      row(
        "unchanged cell, time over its median",
        ({ driftNs }) => driftNs === undefined ? undefined : driftNs / middle,
      ),
    ],
    notes: [
      `${disturbed.length} of ${weather.length} rounds were disturbed and do not count.`,
      ...disturbed.map(({ roundIndex, disturbance }) => `Round ${roundIndex}: ${disturbance}.`),
      ...(blocksPerSide === 1 ? [] : [sidesText(blocksPerSide)]),
    ],
  };
}
