import assert from "node:assert/strict";
import { CHROMIUM, FIREFOX, killPage, played, spawnPage, type TriedBrowser } from "./_pages.ts";

const { isMissing: ignore } = CHROMIUM;

interface Fault {
  readonly how: string;
  readonly reason: RegExp;
  /** Absent where browsers are not alike. */
  readonly everywhere?: true;
}

const FAULTS: readonly Fault[] = [
  { how: "throws", reason: /it would not open/, everywhere: true },
  { how: "rejects in the background", reason: /exited with code 1 during open/, everywhere: true },
  { how: "spins", reason: /Timed out after 8000 ms during open/, everywhere: true },
  { how: "floods", reason: /Printed more than 16 MiB/, everywhere: true },
  { how: "fills the quota", reason: /quota|storage|space/i },
  { how: "is denied storage", reason: /denied|not allowed|SecurityError|UnknownError/i },
  { how: "forges a message", reason: /wrote into the channel that belongs to the bench/, everywhere: true },
];

/** Titles name the browser where it is not the usual one. */
function pageOf({ runtime, title }: TriedBrowser): string {
  return runtime === "chromium" ? "a page" : `a page of ${title}`;
}

for (const browser of [CHROMIUM, FIREFOX]) {
  for (const { how, reason, everywhere = false } of FAULTS) {
    if (browser !== CHROMIUM && !everywhere) continue;
    Deno.test({
      name: `spawnBlock() gives the reason when ${pageOf(browser)} ${how}`,
      ignore: browser.isMissing,
      fn: async () => {
        const { ending } = await spawnPage(browser, how);
        assert.equal(ending.kind, "failed", JSON.stringify(ending));
        assert.match((ending as { reason: string }).reason, reason);
      },
    });
  }

  Deno.test({
    name: `spawnBlock() gives the reason when the process of ${pageOf(browser)} is killed`,
    ignore: browser.isMissing || Deno.build.os !== "linux",
    fn: async () => {
      const { ending, output } = await spawnPage(browser, "waits", (profile) => killPage(browser, profile));
      assert.equal(ending.kind, "failed", JSON.stringify(ending));
      assert.match((ending as { reason: string }).reason, /exited with code 1 during open/);
      assert.ok(
        output.includes(browser === CHROMIUM ? "The page crashed" : "The page is gone"),
        output.join("\n"),
      );
    },
  });
}

Deno.test({
  name: "spawnBlock() takes a page without its driver for a skip",
  ignore,
  fn: async () =>
    assert.deepEqual((await spawnPage(CHROMIUM, "has no driver")).ending, {
      kind: "skip",
      reason: "no driver",
    }),
});

for (const id of ["dexie", "sqlite-opfs"]) {
  Deno.test({
    name: `${id} converges in firefox on keyed-pk, small`,
    ignore: FIREFOX.isMissing,
    fn: async () => {
      const { facts, metrics, phases: [phase] } = await played("firefox", "keyed-pk", id);
      assert.match(facts["runtime"]!, /^firefox \d/);
      assert.equal(facts["crossOriginIsolated"], "true");
      for (const metric of ["peak_memory_bytes", "browser_memory_bytes", "stored_bytes"]) {
        assert.ok(metrics[metric]! > 0, metric);
      }
      assert.ok(phase!.metrics["main_busy_ns"]! > 0);
      assert.ok(phase!.metrics["cpu_until_quiet_ns"]! > phase!.metrics["main_busy_ns"]!);
    },
  });
}

for (const id of ["dexie", "tinybase", "sqlite-opfs"]) {
  Deno.test({
    name: `${id} converges in chromium on keyed-pk, small`,
    ignore,
    fn: async () => {
      const { facts, metrics } = await played("chromium", "keyed-pk", id);
      assert.equal(facts["crossOriginIsolated"], "true");
      // Fine enough to tell operations of 50 us.
      assert.ok(metrics["clock_step_ns"]! <= 5000);
      assert.ok(metrics["peak_memory_bytes"]! > 0);
      assert.ok(metrics["browser_memory_bytes"]! > 0);
      const {
        page_script_bytes: script,
        page_wasm_bytes: wasm,
        page_gzip_bytes: gzip,
        page_brotli_bytes: brotli,
      } = metrics;
      assert.equal(wasm! > 0, id === "sqlite-opfs");
      assert.ok(0 < brotli! && brotli! < gzip! && gzip! < script! + wasm!);
      assert.equal(metrics["stored_bytes"] !== undefined, id !== "tinybase");
    },
  });
}

for (const workload of ["first-start", "cold-start"]) {
  Deno.test({
    name: `a page tells its time from the navigation to the first result on ${workload}`,
    ignore,
    fn: async () => {
      const { phases } = await played("chromium", workload, "dexie");
      const timed = phases.filter(({ metrics }) => metrics["navigation_ns"] !== undefined);
      assert.deepEqual(
        timed.map(({ name }) => name),
        workload === "first-start" ? ["empty"] : ["after-close", "after-kill"],
      );
      for (const { metrics } of timed) {
        // The whole is more than its parts that are told as well.
        const parts = metrics["page_start_ns"]! + metrics["first_result_ns"]!;
        assert.ok(
          metrics["page_start_ns"]! > 0 && metrics["navigation_ns"]! > parts,
          JSON.stringify(metrics),
        );
      }
    },
  });
}

Deno.test({
  name: "a page that draws counts its frames, and shows what it showed without",
  ignore,
  fn: async () => {
    const { phases: [drawn] } = await played("chromium", "fan-out", "tinybase", { render: "dom" });
    for (const id of ["animation_frames_missed", "long_animation_frames", "frames_blocked_ns"]) {
      assert.ok(drawn!.metrics[id]! >= 0, id);
    }
    assert.ok(drawn!.metrics["render_ns"]! > 0);
    const { phases: [plain] } = await played("chromium", "fan-out", "tinybase");
    assert.equal(plain!.metrics["render_ns"], undefined);
  },
});
