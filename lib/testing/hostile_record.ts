/** A run whose every text means harm, for whatever shows or exports runs. */
import type { RunRecord } from "../model/mod.ts";
import { recordFixture } from "./record_fixture.ts";

/** What must never become markup, a link, or wider than its place. */
export const HOSTILE =
  `<script>globalThis.pwned=1</script><img src=x onerror="globalThis.pwned=1">\u202Ejavascript:alert(1)`;

/** A name of ten thousand characters without a place to break. */
export const LONG_NAME = "n".repeat(10_000);

/** The common fixture with hostile text in every place that a driver or a user can fill. */
export function hostileRecord(): RunRecord {
  const record = recordFixture();
  const keys = new Map(
    record.settings.cells.map((cell) => [cell.key, cell.key.replace("tinybase", `${HOSTILE}${LONG_NAME}`)]),
  );
  const cells = record.settings.cells.map((cell) =>
    cell.adapter === "tinybase"
      ? { ...cell, adapter: `${HOSTILE}${LONG_NAME}`, key: keys.get(cell.key)! }
      : cell
  );
  return {
    ...record,
    id: `2026-11-22T10-00-00-${HOSTILE}`,
    label: `${HOSTILE}${LONG_NAME}`,
    settings: { ...record.settings, cells },
    environment: { ...record.environment, cpuModel: HOSTILE, os: LONG_NAME },
    adapters: record.adapters.map((adapter) => ({
      ...adapter,
      id: adapter.id === "tinybase" ? `${HOSTILE}${LONG_NAME}` : adapter.id,
      title: HOSTILE,
      about: LONG_NAME,
      unfair: HOSTILE,
      homepage: "javascript:globalThis.pwned=1",
    })),
    workloads: record.workloads.map((workload) => ({
      ...workload,
      title: HOSTILE,
      question: HOSTILE + LONG_NAME,
      unfair: HOSTILE,
    })),
    results: record.results.map((block) => ({ ...block, cellKey: keys.get(block.cellKey)! })),
  };
}
