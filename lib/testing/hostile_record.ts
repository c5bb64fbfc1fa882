/** A run whose every text means harm, for whatever shows or exports runs. */
import { type Idioms, PLAIN_ACTS, type RunRecord, WATCH_ACTS } from "../model/mod.ts";
import { recordFixture } from "./record_fixture.ts";

/** What must never become markup, a link, or wider than its place. */
export const HOSTILE =
  `<script>globalThis.pwned=1</script><img src=x onerror="globalThis.pwned=1">\u202Ejavascript:alert(1)`;

/** A name of ten thousand characters without a place to break. */
export const LONG_NAME = "n".repeat(10_000);

/** Addresses that must not become links as they are. */
const HOSTILE_LINKS = [
  "javascript:globalThis.pwned=1",
  " javascript:globalThis.pwned=1",
  "https://user:word@example.com/",
  "https://example.com:8443/",
  "https://",
  `../${HOSTILE}${LONG_NAME}`,
  "http://example.com/",
];

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
      objection: HOSTILE,
      knownGaps: [{ scenario: `watch/${HOSTILE}${LONG_NAME}`, reason: `${LONG_NAME}${HOSTILE}` }],
      idioms: Object.fromEntries(
        [...PLAIN_ACTS, ...WATCH_ACTS].map((act, index) => [act, {
          how: `${HOSTILE}${LONG_NAME}`,
          link: HOSTILE_LINKS[index % HOSTILE_LINKS.length]!,
          tried: HOSTILE,
        }]),
      ) as unknown as Idioms,
    })),
    delays: Object.fromEntries(
      cells.map(({ key }) => [key, { atMostMs: 1, isDefault: false, reason: `${HOSTILE}${LONG_NAME}` }]),
    ),
    workloads: record.workloads.map((workload) => ({
      ...workload,
      title: HOSTILE,
      question: HOSTILE + LONG_NAME,
      unfair: HOSTILE,
    })),
    results: record.results.map((block) => ({ ...block, cellKey: keys.get(block.cellKey)! })),
  };
}
